/// A dialect: functions, types, constants, macros and rules, made once and shared.
struct CELLanguage: Sendable {
  private(set) var functions: [String: FunctionDeclaration] = [:]
  var types: [String: CELType] = [:]
  var constants: [String: CELValue] = [:]
  /// Fields of message types by their full names.
  var messages: [String: [String: CELType]] = [:]
  /// What is made of the fields of message types that are not kept as they are.
  var messageMakers: [String: @Sendable ([(name: String, value: CELValue)]) throws(CELFailure) -> CELValue] = [:]
  var parserOptions = Parser.Options(macros: MacroTable(), optionalSyntax: false, escapedNames: false)
  /// Whether constant parts are evaluated when compiling; they then cost nothing.
  var foldsConstants = true
  /// Whether what the specification forbids and cel-go lets pass is refused: a key that stands twice in a map literal.
  var isStrict = false
  /// Whether elements of list and map literals must have one type.
  var isHomogeneous = false
  /// Whether literals of durations, timestamps, regular expressions and formats are looked at when compiling.
  var validatesLiterals = false
  /// Whether fields of schemas may be called by keywords of the language, which are escaped.
  var recognisesKeywords = true

  /// One library of functions.
  struct Library: Sendable {
    var functions: [FunctionDeclaration] = []
    var types: [String: CELType] = [:]
    var macros: [Macro] = []
  }

  mutating func add(_ library: Library) {
    for function in library.functions {
      functions[function.name] = functions[function.name]?.adding(function) ?? function
    }
    types.merge(library.types) { $1 }
    parserOptions.macros.add(library.macros)
  }

  func adding(_ library: Library) -> CELLanguage {
    var result = self
    result.add(library)
    return result
  }

  /// By the release that each library came with (kube-apiserver, `pkg/cel/environment/base.go`).
  static func kubernetes(minor: Int) -> CELLanguage {
    if minor >= newestMinor { return newest }
    return make(minor: minor)
  }

  /// The language as its specification has it, with the libraries that the specification's tests use.
  static let specification: CELLanguage = {
    var language = CELLanguage()
    language.isStrict = true
    language.parserOptions.optionalSyntax = true
    language.parserOptions.escapedNames = true
    language.add(Libraries.standard(mixedNumbers: true))
    language.add(Libraries.strings(version: 4))
    language.add(Libraries.optionals)
    language.add(Libraries.twoVariableComprehensions)
    language.add(Libraries.listExtensions)
    language.add(Libraries.sets)
    language.add(Libraries.math)
    language.add(Libraries.encoders)
    language.add(Libraries.bindings)
    language.add(Libraries.networkExtensions)
    return language
  }()

  /// The last release that brought anything; later ones have the same.
  static let newestMinor = 34
  private static let newest = make(minor: newestMinor)

  private static func make(minor: Int) -> CELLanguage {
    var language = CELLanguage()
    language.isHomogeneous = true
    language.validatesLiterals = minor >= 29
    language.recognisesKeywords = minor >= 31
    language.add(Libraries.standard(mixedNumbers: minor >= 28))
    language.add(Libraries.urls)
    language.add(Libraries.regex)
    language.add(Libraries.lists)
    language.add(Libraries.strings(version: minor >= 29 ? 2 : 0))
    if minor >= 27 { language.add(Libraries.authorizer) }
    if minor >= 28 {
      language.add(Libraries.optionals)
      language.parserOptions.optionalSyntax = true
      language.add(Libraries.quantities)
    }
    if minor >= 29 { language.add(Libraries.sets) }
    if minor >= 30 {
      language.add(Libraries.addresses)
    }
    if minor >= 31 {
      language.add(Libraries.formats)
      language.add(Libraries.authorizerSelectors)
    }
    if minor >= 32 { language.add(Libraries.twoVariableComprehensions) }
    if minor >= 33 { language.add(Libraries.semanticVersions) }
    if minor >= 34 { language.add(Libraries.listExtensions) }
    return language
  }
}
