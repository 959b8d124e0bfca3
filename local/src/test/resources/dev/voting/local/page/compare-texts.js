// Whether a language has words for all that English has. Arguments: the folder of the page's files, the
// language, the function to be called with the result.
const [folder, language, done] = arguments;
const shape = (value) =>
  typeof value === "object" ? Object.keys(value).map((key) => [key, shape(value[key])]) : typeof value;
Promise.all([import(`${folder}texts.js`), import(`${folder}texts-${language}.js`)])
  .then(([{ en }, { texts }]) => (JSON.stringify(shape(en)) === JSON.stringify(shape(texts)) ? "the same" : "not the same"))
  .then(done, (error) => done(String(error)));
