package import Bytes
import Kube

extension AdmissionRequest {
  /// Why a text is no admission request.
  package struct Invalid: Error, Sendable, Equatable {
    package let message: String
    package let line: Int

    init(_ message: String, _ node: DocumentNode) {
      self.message = message
      line = Int(node.line)
    }
  }

  /// Reads an `AdmissionReview` of `admission.k8s.io/v1` (or v1beta1) or the `request` in one.
  package init(_ node: DocumentNode) throws(Invalid) {
    guard node.mapping != nil else { throw Invalid("an AdmissionReview or its request is wanted", node) }
    var request = node
    if let kind = node["kind"]?.string {
      guard kind == "AdmissionReview" else { throw Invalid("an AdmissionReview is wanted, not a \(kind)", node) }
      let apiVersion = node["apiVersion"]?.string ?? ""
      guard ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"].contains(apiVersion) else {
        throw Invalid("AdmissionReview of version \"\(apiVersion)\" is not known", node)
      }
      guard let inner = node["request"], inner.mapping != nil else {
        throw Invalid("the AdmissionReview has no request", node)
      }
      request = inner
    }
    func text(_ node: DocumentNode?, _ key: String) -> String { node?[key]?.string ?? "" }
    guard let kind = request["kind"], kind.mapping != nil, !text(kind, "kind").isEmpty else {
      throw Invalid("the request has no kind", request)
    }
    guard let resource = request["resource"], resource.mapping != nil, !text(resource, "resource").isEmpty else {
      throw Invalid("the request has no resource", request)
    }
    guard let operation = Operation(rawValue: text(request, "operation")) else {
      throw Invalid("\"\(text(request, "operation"))\" is no operation", request)
    }
    let user = request["userInfo"]
    // Policies see the request as it was made, whatever version a webhook asked for.
    let requestKind = request["requestKind"] ?? kind
    let requestResource = request["requestResource"] ?? resource
    self.init(
      kind: Kind(
        group: text(requestKind, "group"), version: text(requestKind, "version"), kind: text(requestKind, "kind")),
      resource: Resource(
        group: text(requestResource, "group"), version: text(requestResource, "version"),
        resource: text(requestResource, "resource")),
      subresource: request["requestSubResource"]?.string ?? text(request, "subResource"),
      name: text(request, "name"), namespace: text(request, "namespace"), operation: operation,
      user: User(
        name: text(user, "username"), uid: text(user, "uid"), groups: user?["groups"]?.strings ?? [],
        extra: (user?["extra"]?.entries ?? []).map { ($0.key, $0.value.strings) }),
      object: request["object"] ?? .null, oldObject: request["oldObject"] ?? .null)
    uid = text(request, "uid")
    isDryRun = request["dryRun"]?.bool ?? false
    options = request["options"] ?? .null
    if requestKind != kind {
      object = Conversion.convert(object, to: self.kind.apiVersion) ?? object
      oldObject = Conversion.convert(oldObject, to: self.kind.apiVersion) ?? oldObject
    }
  }
}
