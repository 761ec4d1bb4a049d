import Bytes

/// What expressions may refer to: variables with their types, message types, and the function libraries of a Kubernetes
/// release.
///
/// A value: declarations in a copy do not affect the original. Creating one is cheap once the libraries of its release
/// have been built.
package struct CELEnvironment: Sendable {
  /// The language and functions, which all environments of a release share.
  private var language: CELLanguage
  private var variables: [String: CELType] = [:]
  private var schemas: [String: SchemaType] = [:]
  private var compositedFields: [String: CELType] = [:]
  private var patchTypes = false
  /// The namespace in which names are looked up first; Kubernetes has none.
  private(set) var container = ""

  static let variablesType = "kubernetes.variables"

  init(_ language: CELLanguage, container: String = "") {
    self.language = language
    self.container = container
  }

  /// The language and libraries that the API server of Kubernetes 1.`minor` offers.
  ///
  /// Stored expressions are compiled with the libraries of every release, see `storedExpressions`. New ones are limited
  /// to those of the previous release, so that a server can be rolled back.
  package static func kubernetes(minor: Int) -> CELEnvironment { CELEnvironment(CELLanguage.kubernetes(minor: minor)) }

  /// The environment of stored policies and custom resource definitions, with everything that any release has.
  package static let storedExpressions = CELEnvironment.kubernetes(minor: .max)

  /// The language of the specification, without Kubernetes' libraries and with cel-go's extension libraries.
  ///
  /// - Parameter container: the namespace in which names are looked up first.
  package static func specification(container: String = "") -> CELEnvironment {
    CELEnvironment(CELLanguage.specification, container: container)
  }

  /// The variables of an admission policy: `object`, `oldObject` (dyn), `request` and `namespaceObject` with the types
  /// that the API server declares.
  ///
  /// - Parameters:
  ///   - params: whether the policy has a `paramKind`, which declares `params`.
  ///   - authorizer: whether to declare `authorizer` and `authorizer.requestResource`.
  ///   - patchTypes: whether expressions create patches: `Object{...}`, `JSONPatch{...}`, `jsonpatch.escapeKey`.
  package func admission(params: Bool, authorizer: Bool, patchTypes: Bool = false) -> CELEnvironment {
    var result = patchTypes ? CELEnvironment(language.adding(Libraries.jsonPatch), container: container) : self
    if patchTypes {
      result.variables = variables
      result.schemas = schemas
      result.compositedFields = compositedFields
      result.patchTypes = true
    }
    result.declare("object", .dyn)
    result.declare("oldObject", .dyn)
    result.declare("request", SchemaType.admissionRequest)
    result.declare("namespaceObject", SchemaType.namespace)
    if params { result.declare("params", .dyn) }
    if authorizer {
      result.declare("authorizer", Libraries.authorizerType)
      result.declare("authorizer.requestResource", Libraries.resourceCheckType)
    }
    return result
  }

  /// The same for policies of a server of a release, made once for the newest.
  ///
  /// - Parameter minor: 36 for 1.36; stored policies have what any release has.
  package static func policies(
    minor: Int = .max, params: Bool, authorizer: Bool, patchTypes: Bool = false
  ) -> CELEnvironment {
    guard minor >= CELLanguage.newestMinor else {
      return kubernetes(minor: minor).admission(params: params, authorizer: authorizer, patchTypes: patchTypes)
    }
    return ofPolicies[(params ? 1 : 0) + (authorizer ? 2 : 0) + (patchTypes ? 4 : 0)].value
  }

  private static let ofPolicies: [Lazy<CELEnvironment>] = (0..<8).map { number in
    Lazy {
      storedExpressions.admission(
        params: number & 1 != 0, authorizer: number & 2 != 0, patchTypes: number & 4 != 0)
    }
  }

  /// Declares a variable, or changes its type.
  package mutating func declare(_ name: String, _ type: CELType) { variables[name] = type }

  /// The same without the API server's options, as in its own tests of costs: constants are evaluated each time and
  /// cost, lists may mix types, and literals are not validated.
  package func withoutServerOptions() -> CELEnvironment {
    var result = self
    result.language.foldsConstants = false
    result.language.isHomogeneous = false
    result.language.validatesLiterals = false
    result.language.add(Libraries.jsonPatch)
    return result
  }

  package func declares(_ name: String) -> Bool { variables[name] != nil }

  /// Declares a signature of a function without an implementation, for checking only.
  package mutating func declareFunction(
    _ name: String, id: String, isMember: Bool, _ parameters: [CELType], _ result: CELType
  ) {
    language.add(
      CELLanguage.Library(
        functions: [FunctionDeclaration(name, [Overload(id, isMember: isMember, parameters, result)])]))
  }

  /// Declares a variable with the types of a schema.
  package mutating func declare(_ name: String, _ schema: SchemaType) {
    variables[name] = schema.type
    schema.collectMessages(into: &schemas)
  }

  /// Declares `variables`, as in policies, without any field yet.
  package mutating func declareComposition() {
    variables["variables"] = .object(Self.variablesType)
    compositedFields = [:]
  }

  /// Adds a field to `variables`, after its expression was compiled.
  ///
  /// - Parameter type: of the expression; nil if it does not compile, which makes the field dynamic.
  package mutating func declareVariable(_ name: String, _ type: CELType?) {
    compositedFields[name] = Self.fieldType(type ?? .dyn)
  }

  /// The type that the API server gives a field of `variables`: messages, types and optionals become dynamic.
  private static func fieldType(_ type: CELType) -> CELType {
    switch type {
    case .any, .bool, .bytes, .double, .duration, .int, .null, .string, .timestamp, .uint: type
    case .list(let element): .list(fieldType(element))
    case .map(let key, let value): .map(fieldType(key), fieldType(value))
    default: .dyn
    }
  }

  /// Parses, checks and compiles an expression.
  ///
  /// - Throws: all of the API server's issues with it.
  package func compile(_ source: String) throws(CELCompileError) -> CELProgram {
    let text = SourceText(source)
    let parsed = Parser.parse(text, language.parserOptions)
    guard let root = parsed.node else { throw CELCompileError(parsed.issues, text) }
    var checker = Checker(self)
    checker.check(root: root)
    guard checker.issues.isEmpty else { throw CELCompileError(checker.issues, text) }
    if language.validatesLiterals {
      let issues = LiteralValidation.issues(root, self)
      guard issues.isEmpty else { throw CELCompileError(issues, text) }
    }
    return try plan(source, root, root.type)
  }

  /// Compiles without type checks. Names and functions are resolved as far as possible.
  package func compileUnchecked(_ source: String) throws(CELCompileError) -> CELProgram {
    let text = SourceText(source)
    let parsed = Parser.parse(text, language.parserOptions)
    guard let root = parsed.node else { throw CELCompileError(parsed.issues, text) }
    var resolver = Resolver(self)
    resolver.resolve(root)
    return try plan(source, root, .dyn)
  }

  private func plan(_ source: String, _ root: Node, _ type: CELType) throws(CELCompileError) -> CELProgram {
    var planner = Planner(self)
    do throws(CELFailure) {
      let step = try planner.plan(root)
      return CELProgram(
        source: source, outputType: type, root: step, variables: planner.variables, slotCount: planner.slotCount)
    } catch {
      throw .instantiation(error)
    }
  }
}

/// What the checker and the planner ask.
extension CELEnvironment {
  var isHomogeneous: Bool { language.isHomogeneous }

  var isStrict: Bool { language.isStrict }

  var foldsConstants: Bool { language.foldsConstants }

  /// Full names that a name may mean, the most specific first.
  func candidates(_ name: String) -> [String] {
    if name.hasPrefix(".") { return [String(name.dropFirst())] }
    guard !container.isEmpty else { return [name] }
    var result: [String] = []
    var parts = container.split(separator: ".")
    while !parts.isEmpty {
      result.append(parts.joined(separator: ".") + "." + name)
      parts.removeLast()
    }
    return result + [name]
  }

  func variable(_ name: String) -> CELType? { variables[name] }

  func constant(_ name: String) -> CELValue? { language.constants[name] }

  func function(_ name: String) -> FunctionDeclaration? {
    for candidate in candidates(name) {
      if let found = language.functions[candidate] { return found }
    }
    return nil
  }

  /// The type that a full name denotes.
  func typeNamed(_ name: String) -> CELType? {
    if let type = language.types[name] { return type }
    if hasMessage(name) { return .object(name) }
    return nil
  }

  func hasMessage(_ name: String) -> Bool {
    if schemas[name] != nil { return true }
    if name == Self.variablesType { return variables["variables"] != nil }
    if patchTypes, name == "JSONPatch" || name == "Object" || name.hasPrefix("Object.") { return true }
    return language.messages[name] != nil
  }

  /// The type of a field of a message; nil if it has none of the name.
  func field(_ field: String, of message: String) -> CELType? {
    if let schema = schemas[message] { return schema.fieldType(field, recognisesKeywords: language.recognisesKeywords) }
    if message == Self.variablesType { return compositedFields[field] }
    if patchTypes {
      if message == "JSONPatch" {
        switch field {
        case "op", "path", "from": return .string
        case "value": return .dyn
        default: return nil
        }
      }
      if message == "Object" || message.hasPrefix("Object.") { return .dyn }
    }
    return language.messages[message]?[field]
  }

  /// Makes a message of fields that were evaluated.
  func message(
    _ name: String, _ fields: [(name: String, value: CELValue)]
  ) throws(CELFailure) -> CELValue {
    if let make = language.messageMakers[name] { return try make(fields) }
    return .object(CELObject(typeName: name, fields: fields))
  }
}
