extension Libraries {
  static let authorizerType = CELType.object("kubernetes.authorization.Authorizer")
  static let resourceCheckType = CELType.object("kubernetes.authorization.ResourceCheck")
  private static let pathCheckType = CELType.object("kubernetes.authorization.PathCheck")
  private static let groupCheckType = CELType.object("kubernetes.authorization.GroupCheck")
  private static let decisionType = CELType.object("kubernetes.authorization.Decision")

  /// The questions a check has gathered so far.
  final class Check: CELOpaque {
    enum Stage: Sendable, Equatable {
      case authorizer
      case path
      case group
      case resource
    }

    let stage: Stage
    let authorizer: any CELAuthorizer
    let attributes: CELAuthorizerAttributes

    init(_ stage: Stage, _ authorizer: any CELAuthorizer, _ attributes: CELAuthorizerAttributes) {
      self.stage = stage
      self.authorizer = authorizer
      self.attributes = attributes
    }

    var type: CELType {
      switch stage {
      case .authorizer: authorizerType
      case .path: pathCheckType
      case .group: groupCheckType
      case .resource: resourceCheckType
      }
    }

    /// The API server cannot compare them: the operands are never of the type that it looks for.
    func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool { throw .noSuchOverload }

    func with(
      _ stage: Stage? = nil, _ change: (inout CELAuthorizerAttributes) -> Void
    ) -> CELValue {
      var attributes = attributes
      change(&attributes)
      return .opaque(Check(stage ?? self.stage, authorizer, attributes))
    }
  }

  final class Decision: CELOpaque {
    let decision: CELAuthorizerDecision

    init(_ decision: CELAuthorizerDecision) { self.decision = decision }

    var type: CELType { decisionType }

    func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool { throw .noSuchOverload }
  }

  private static func step(
    _ name: String, _ id: String, _ from: CELType, _ to: CELType,
    _ body: @escaping @Sendable (Check, String) throws(CELFailure) -> CELValue
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      name,
      [
        .member(
          id, [from, .string], to,
          .binary { check, text throws(CELFailure) in
            guard case .opaque(let check as Check) = check, case .string(let text) = text else { throw .noSuchOverload }
            return try body(check, text)
          })
      ])
  }

  private static func answer(
    _ name: String, _ type: CELType, _ body: @escaping @Sendable (CELAuthorizerDecision) -> CELValue
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      name,
      [
        .member(
          "decision_" + name, [decisionType], type,
          .unary { value throws(CELFailure) in
            guard case .opaque(let value as Decision) = value else { throw .noSuchOverload }
            return body(value.decision)
          })
      ])
  }

  private static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.properties.isWhitespace } }

  /// Questions of access (kube-apiserver, `pkg/cel/library/authz.go`).
  static let authorizer: CELLanguage.Library = {
    @Sendable func check(_ check: Check, _ verb: String) -> CELValue {
      var attributes = check.attributes
      attributes.verb = verb
      return .opaque(Decision(check.authorizer.authorize(attributes)))
    }
    var library = CELLanguage.Library()
    library.functions = [
      step("path", "authorizer_path", authorizerType, pathCheckType) { check, path throws(CELFailure) in
        if isBlank(path) { throw .argument("path must not be empty") }
        return check.with(.path) { $0.path = path }
      },
      step("group", "authorizer_group", authorizerType, groupCheckType) { check, group in
        check.with(.group) { $0.group = group }
      },
      FunctionDeclaration(
        "serviceAccount",
        [
          .member(
            "authorizer_serviceaccount", [authorizerType, .string, .string], authorizerType,
            .any { values throws(CELFailure) in
              guard values.count == 3, case .opaque(let check as Check) = values[0],
                case .string(let namespace) = values[1], case .string(let name) = values[2]
              else { throw .noSuchOverload }
              guard NamedFormat.dnsSubdomain(name).isEmpty else { throw .argument("Invalid service account name") }
              guard NamedFormat.dnsLabel(namespace).isEmpty else {
                throw .argument("Invalid service account namespace")
              }
              return check.with { $0.serviceAccount = (namespace, name) }
            })
        ]),
      step("resource", "groupcheck_resource", groupCheckType, resourceCheckType) { check, resource throws(CELFailure) in
        if isBlank(resource) { throw .argument("resource must not be empty") }
        return check.with(.resource) { $0.resource = resource }
      },
      step("subresource", "resourcecheck_subresource", resourceCheckType, resourceCheckType) { check, name in
        check.with { $0.subresource = name }
      },
      step("namespace", "resourcecheck_namespace", resourceCheckType, resourceCheckType) { check, name in
        check.with { $0.namespace = name }
      },
      step("name", "resourcecheck_name", resourceCheckType, resourceCheckType) { check, name in
        check.with { $0.name = name }
      },
      step("check", "pathcheck_check", pathCheckType, decisionType, check),
      step("check", "resourcecheck_check", resourceCheckType, decisionType, check),
      answer("errored", .bool) { .bool($0.error != nil) },
      answer("error", .string) { .string($0.error ?? "") },
      answer("allowed", .bool) { .bool($0.isAllowed) },
      answer("reason", .string) { .string($0.reason) },
    ]
    return library
  }()

  static let authorizerSelectors: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.functions = [
      step("fieldSelector", "authorizer_fieldselector", resourceCheckType, resourceCheckType) { check, selector in
        check.with { $0.fieldSelector = selector.isEmpty ? nil : selector }
      },
      step("labelSelector", "authorizer_labelselector", resourceCheckType, resourceCheckType) { check, selector in
        check.with { $0.labelSelector = selector.isEmpty ? nil : selector }
      },
    ]
    return library
  }()

  /// `jsonpatch.escapeKey` (kube-apiserver, `pkg/cel/library/jsonpatch.go`).
  static let jsonPatch: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "jsonpatch.escapeKey",
        [
          Overload(
            "string_jsonpatch_escapeKey_string", [.string], .string,
            ofText { text in
              var escaped = ""
              for scalar in text.unicodeScalars {
                switch scalar {
                case "/": escaped += "~1"
                case "~": escaped += "~0"
                default: escaped.unicodeScalars.append(scalar)
                }
              }
              return .string(escaped)
            })
        ])
    ]
    return library
  }()
}

extension CELValue {
  /// The variable `authorizer`.
  package static func authorizer(_ authorizer: any CELAuthorizer) -> CELValue {
    .opaque(Libraries.Check(.authorizer, authorizer, CELAuthorizerAttributes(verb: "")))
  }

  /// The variable `authorizer.requestResource`: a check that is already about the resource of the request.
  package static func requestResource(
    _ authorizer: any CELAuthorizer, group: String, resource: String, subresource: String, namespace: String,
    name: String
  ) -> CELValue {
    var attributes = CELAuthorizerAttributes(verb: "")
    attributes.group = group
    attributes.resource = resource
    attributes.subresource = subresource
    attributes.namespace = namespace
    attributes.name = name
    return .opaque(Libraries.Check(.resource, authorizer, attributes))
  }
}
