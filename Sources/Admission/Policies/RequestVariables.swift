import Bytes
import Expressions
import Kube

/// The variables of policies' expressions for one request: each made once, however many policies look at it.
final class RequestVariables {
  let request: AdmissionRequest
  private let cluster: AdmissionCluster
  private var objects: [AdmissionRequest.Kind: (object: CELValue, old: CELValue)] = [:]
  private var requests: [AdmissionRequest.Kind: CELValue] = [:]
  private let authorizer: any CELAuthorizer

  init(_ request: AdmissionRequest, _ cluster: AdmissionCluster, _ authorizer: any CELAuthorizer) {
    self.request = request
    self.cluster = cluster
    self.authorizer = authorizer
  }

  /// What a policy sees that matched the request as a kind.
  struct View {
    let kind: AdmissionRequest.Kind
    let object: CELValue
    let oldObject: CELValue
    let request: CELValue
  }

  /// - Throws: why the object cannot be had as that kind.
  func view(_ kind: AdmissionRequest.Kind, _ resource: AdmissionRequest.Resource) throws(ConversionFailure) -> View {
    let pair: (object: CELValue, old: CELValue)
    if let known = objects[kind] {
      pair = known
    } else {
      pair = (try value(request.object, kind), try value(request.oldObject, kind))
      objects[kind] = pair
    }
    let requestValue: CELValue
    if let known = requests[kind] {
      requestValue = known
    } else {
      requestValue = CELValue(Self.document(request, kind, resource))
      requests[kind] = requestValue
    }
    return View(kind: kind, object: pair.object, oldObject: pair.old, request: requestValue)
  }

  private struct Group: Hashable {
    let kind: AdmissionRequest.Kind
    let authorizer: Bool
    let namespace: Bool
  }

  private var groups: [Group: [(name: String, value: CELValue)]] = [:]

  /// The variables of a group of expressions, but for params and the policy's own: the same for every policy.
  func shared(_ view: View, authorizer: Bool, namespace: Bool) -> [(name: String, value: CELValue)] {
    let group = Group(kind: view.kind, authorizer: authorizer, namespace: namespace)
    if let known = groups[group] { return known }
    var values: [(name: String, value: CELValue)] = [
      ("object", view.object), ("oldObject", view.oldObject), ("request", view.request),
      ("namespaceObject", namespace ? namespaceObject : .null),
    ]
    if authorizer {
      values.append(("authorizer", authorizerValue))
      values.append(("authorizer.requestResource", requestResource))
    }
    groups[group] = values
    return values
  }

  struct ConversionFailure: Error { let message: String }

  private func value(_ object: DocumentNode, _ kind: AdmissionRequest.Kind) throws(ConversionFailure) -> CELValue {
    if object.isNull { return .null }
    guard let converted = Self.converted(object, request, to: kind) else {
      let from = object["apiVersion"]?.string ?? request.kind.apiVersion
      throw ConversionFailure(message: "objects of \(from) are not converted to \(kind.apiVersion) here")
    }
    return CELValue(converted)
  }

  /// - Returns: nil where the object has no such version.
  static func converted(
    _ object: DocumentNode, _ request: AdmissionRequest, to kind: AdmissionRequest.Kind
  ) -> DocumentNode? {
    if kind == request.kind || object["apiVersion"]?.string == kind.apiVersion { return object }
    if let converted = Conversion.convert(object, to: kind.apiVersion) { return converted }
    if APITypes.type(apiVersion: kind.apiVersion, kind: kind.kind) != nil { return nil }
    // Custom resources without a conversion webhook are the same in every version.
    return object.setting("apiVersion", DocumentNode(.string(kind.apiVersion)))
  }

  /// The namespace that the object is in, without what policies do not see of it; null for what is in none.
  lazy var namespaceObject: CELValue = {
    guard !request.namespace.isEmpty, !(request.kind.group.isEmpty && request.kind.kind == "Namespace") else {
      return .null
    }
    let namespace: DocumentNode
    switch cluster.namespace(request.namespace) {
    case .found(let node), .assumed(let node, _): namespace = node
    case .missing: return .null
    }
    let metadata = (namespace["metadata"] ?? [:]).setting("managedFields", nil).setting("ownerReferences", nil)
      .setting("selfLink", nil)
    return CELValue(namespace.setting("apiVersion", nil).setting("kind", nil).setting("metadata", metadata))
  }()

  lazy var authorizerValue: CELValue = .authorizer(authorizer)

  lazy var requestResource: CELValue = .requestResource(
    authorizer, group: request.resource.group, resource: request.resource.resource, subresource: request.subresource,
    namespace: request.namespace, name: request.name)

  /// `request` as JSON would hold it: an empty text is absent. Source: the tags of `AdmissionRequest` in
  /// k8s.io/api `admission/v1/types.go`.
  static func document(
    _ request: AdmissionRequest, _ kind: AdmissionRequest.Kind, _ resource: AdmissionRequest.Resource
  ) -> DocumentNode {
    func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }
    func node(_ kind: AdmissionRequest.Kind) -> DocumentNode {
      ["group": text(kind.group), "version": text(kind.version), "kind": text(kind.kind)]
    }
    func node(_ resource: AdmissionRequest.Resource) -> DocumentNode {
      ["group": text(resource.group), "version": text(resource.version), "resource": text(resource.resource)]
    }
    var entries: [Mapping.Entry] = []
    func add(_ key: String, _ value: DocumentNode) { entries.append(Mapping.Entry(key: key, value: value)) }
    func add(_ key: String, _ value: String) { if !value.isEmpty { add(key, text(value)) } }
    add("uid", text(""))
    add("kind", node(kind))
    add("resource", node(resource))
    add("subResource", request.subresource)
    add("requestKind", node(request.kind))
    add("requestResource", node(request.resource))
    add("requestSubResource", request.subresource)
    add("name", request.name)
    add("namespace", request.namespace)
    add("operation", text(request.operation.rawValue))
    var user: DocumentNode = [:]
    if !request.user.name.isEmpty { user = user.setting("username", text(request.user.name)) }
    if !request.user.uid.isEmpty { user = user.setting("uid", text(request.user.uid)) }
    if !request.user.groups.isEmpty {
      user = user.setting("groups", DocumentNode(.array(request.user.groups.map(text))))
    }
    if !request.user.extra.isEmpty {
      user = user.setting(
        "extra",
        DocumentNode(
          .object(
            Mapping(
              request.user.extra.map {
                Mapping.Entry(key: $0.key, value: DocumentNode(.array($0.values.map(text))))
              }))))
    }
    add("userInfo", user)
    add("dryRun", DocumentNode(.bool(request.isDryRun)))
    if !request.options.isNull || request.operation == .connect { add("options", request.options) }
    return DocumentNode(.object(Mapping(entries)))
  }
}
