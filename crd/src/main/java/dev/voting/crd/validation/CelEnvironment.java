package dev.voting.crd.validation;

import static dev.cel.common.CelOverloadDecl.newGlobalOverload;
import static dev.cel.common.CelOverloadDecl.newMemberOverload;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * CEL as Kubernetes extends it: strings, optionals, quantities and regular expressions. Its
 * libraries for URLs, addresses and authorization are absent; a rule that needs one does not
 * compile, and says so.
 */
final class CelEnvironment {

  private static final CelOptions OPTIONS =
      CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

  private static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");

  private CelEnvironment() {}

  /** Made when the first rule is compiled: who validates nothing does not wait for it. */
  private static final class Holder {
    static final CelCompiler COMPILER =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(
                CelExtensions.strings(), CelExtensions.optional(), CelExtensions.bindings())
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .addFunctionDeclarations(declarations())
            .build();
    static final CelRuntime RUNTIME =
        CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(CelExtensions.strings(), CelExtensions.optional())
            .addFunctionBindings(bindings())
            .build();
  }

  static CelRuntime.Program compile(String expression)
      throws CelValidationException, CelEvaluationException {
    return Holder.RUNTIME.createProgram(Holder.COMPILER.compile(expression).getAst());
  }

  private static List<CelFunctionDecl> declarations() {
    List<CelFunctionDecl> all = new ArrayList<>();
    all.add(
        CelFunctionDecl.newFunctionDeclaration(
            "quantity", newGlobalOverload("string_to_quantity", QUANTITY, SimpleType.STRING)));
    all.add(
        CelFunctionDecl.newFunctionDeclaration(
            "isQuantity",
            newGlobalOverload("is_quantity_string", SimpleType.BOOL, SimpleType.STRING)));
    all.add(member("sign", "quantity_sign", SimpleType.INT, QUANTITY));
    all.add(member("isInteger", "quantity_is_integer", SimpleType.BOOL, QUANTITY));
    all.add(member("asInteger", "quantity_get_int", SimpleType.INT, QUANTITY));
    all.add(member("asApproximateFloat", "quantity_get_float", SimpleType.DOUBLE, QUANTITY));
    all.add(
        member("isGreaterThan", "quantity_is_greater_than", SimpleType.BOOL, QUANTITY, QUANTITY));
    all.add(member("isLessThan", "quantity_is_less_than", SimpleType.BOOL, QUANTITY, QUANTITY));
    all.add(member("compareTo", "quantity_compare_to", SimpleType.INT, QUANTITY, QUANTITY));
    all.add(
        CelFunctionDecl.newFunctionDeclaration(
            "add",
            newMemberOverload("quantity_add", QUANTITY, QUANTITY, QUANTITY),
            newMemberOverload("quantity_add_int", QUANTITY, QUANTITY, SimpleType.INT)));
    all.add(
        CelFunctionDecl.newFunctionDeclaration(
            "sub",
            newMemberOverload("quantity_sub", QUANTITY, QUANTITY, QUANTITY),
            newMemberOverload("quantity_sub_int", QUANTITY, QUANTITY, SimpleType.INT)));
    all.add(
        member(
            "find", "string_find_string", SimpleType.STRING, SimpleType.STRING, SimpleType.STRING));
    all.add(
        CelFunctionDecl.newFunctionDeclaration(
            "findAll",
            newMemberOverload(
                "string_find_all_string",
                ListType.create(SimpleType.STRING),
                SimpleType.STRING,
                SimpleType.STRING),
            newMemberOverload(
                "string_find_all_string_int",
                ListType.create(SimpleType.STRING),
                SimpleType.STRING,
                SimpleType.STRING,
                SimpleType.INT)));
    return all;
  }

  private static CelFunctionDecl member(
      String name, String overload, CelType result, CelType... arguments) {
    return CelFunctionDecl.newFunctionDeclaration(
        name, newMemberOverload(overload, result, List.of(arguments)));
  }

  private static List<CelFunctionBinding> bindings() {
    return List.of(
        CelFunctionBinding.from("string_to_quantity", String.class, CelEnvironment::quantity),
        CelFunctionBinding.from(
            "is_quantity_string", String.class, text -> Quantity.parse(text).isPresent()),
        CelFunctionBinding.from("quantity_sign", Quantity.class, q -> (long) q.value().signum()),
        CelFunctionBinding.from(
            "quantity_is_integer",
            Quantity.class,
            q -> q.value().stripTrailingZeros().scale() <= 0),
        CelFunctionBinding.from(
            "quantity_get_int", Quantity.class, q -> q.value().longValueExact()),
        CelFunctionBinding.from("quantity_get_float", Quantity.class, q -> q.value().doubleValue()),
        CelFunctionBinding.from(
            "quantity_is_greater_than",
            Quantity.class,
            Quantity.class,
            (a, b) -> a.compareTo(b) > 0),
        CelFunctionBinding.from(
            "quantity_is_less_than", Quantity.class, Quantity.class, (a, b) -> a.compareTo(b) < 0),
        CelFunctionBinding.from(
            "quantity_compare_to", Quantity.class, Quantity.class, (a, b) -> (long) a.compareTo(b)),
        CelFunctionBinding.from(
            "quantity_add", Quantity.class, Quantity.class, (a, b) -> a.plus(b.value())),
        CelFunctionBinding.from(
            "quantity_add_int",
            Quantity.class,
            Long.class,
            (a, b) -> a.plus(BigDecimal.valueOf(b))),
        CelFunctionBinding.from(
            "quantity_sub", Quantity.class, Quantity.class, (a, b) -> a.plus(b.value().negate())),
        CelFunctionBinding.from(
            "quantity_sub_int",
            Quantity.class,
            Long.class,
            (a, b) -> a.plus(BigDecimal.valueOf(-b))),
        CelFunctionBinding.from(
            "string_find_string",
            String.class,
            String.class,
            (text, regex) -> findAll(text, regex, 1).stream().findFirst().orElse("")),
        CelFunctionBinding.from(
            "string_find_all_string",
            String.class,
            String.class,
            (text, regex) -> findAll(text, regex, Long.MAX_VALUE)),
        CelFunctionBinding.from(
            "string_find_all_string_int",
            List.of(String.class, String.class, Long.class),
            arguments ->
                findAll((String) arguments[0], (String) arguments[1], (Long) arguments[2])));
  }

  private static Quantity quantity(String text) {
    return Quantity.parse(text)
        .orElseThrow(() -> new IllegalArgumentException(text + " is not a quantity"));
  }

  private static List<String> findAll(String text, String regex, long limit) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(regex).matcher(text);
    while ((limit < 0 || found.size() < limit) && matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }
}
