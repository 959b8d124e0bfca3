# The vote API, with the AOT cache that its JVM records in a warm-up. From the checkout:
#   mvn -DskipTests package
#   docker build -f deploy/images/voting-api.Dockerfile -t registry.example.com/voting-api:0.1.0 .
FROM eclipse-temurin:25-jre
COPY runtime-api/target/app /app/lib
COPY runtime-api/src/main/aot/jvm.options /app/jvm.options
RUN ["java", "@/app/jvm.options", "-XX:AOTCacheOutput=/app/api.aot", "-cp", "/app/lib/*", "dev.voting.api.AotWarmUp"]
USER 10001:10001
ENTRYPOINT ["java", "@/app/jvm.options", "-XX:AOTCache=/app/api.aot", "-cp", "/app/lib/*", "dev.voting.api.Main"]
