package import Bytes
import Kube

/// One event of an audit log as a request that policies can be asked about again.
///
/// Source: k8s.io/apiserver `pkg/apis/audit/types.go`; kubernetes.io, "Auditing".
package enum RecordedChange: Sendable {
  /// Policies can judge it. It has passed admission already: the object is as it was stored, or as it was sent.
  case request(AdmissionRequest, isStored: Bool)
  /// It did not change anything, or was refused when it was made.
  case irrelevant(Irrelevance)
  /// It changed something, and the log does not hold what policies look at.
  case notEvaluated(AdmissionRequest, Gap)

  /// Why an event is none of a policy's business.
  package enum Irrelevance: Sendable, Hashable {
    case reading
    case refused
    case unfinished
    case malformed
  }

  /// What an event lacks that a policy would have looked at.
  package enum Gap: String, Sendable, Hashable, CaseIterable {
    case withoutBody = "the event has no body (level Metadata)"
    case patchWithoutResult = "a patch whose result is not in the log (level Request)"
    case deletion = "what was deleted is not in the log"
    case connection = "what a connection was opened for is not in the log"
    case truncated = "the body was cut off"
    case unknownKind = "the kind of the object is not in the log"
  }

  private static let verbs: [String: AdmissionRequest.Operation] = [
    "create": .create, "update": .update, "patch": .update, "delete": .delete, "deletecollection": .delete,
    "connect": .connect,
  ]

  /// - Returns: nil for a document that is no audit event.
  package init?(_ event: DocumentNode, _ resources: ResourceTable) {
    guard let verb = event["verb"]?.string, let user = event["user"], user.mapping != nil else { return nil }
    if let stage = event["stage"]?.string, stage != "ResponseComplete" {
      self = .irrelevant(.unfinished)
      return
    }
    guard let operation = Self.verbs[verb], let reference = event["objectRef"],
      let resource = reference["resource"]?.string, !resource.isEmpty
    else {
      self = .irrelevant(.reading)
      return
    }
    if let code = event[path: "responseStatus", "code"]?.int, code >= 400 {
      self = .irrelevant(.refused)
      return
    }
    let group = reference["apiGroup"]?.string ?? ""
    let version = reference["apiVersion"]?.string ?? "v1"
    let subresource = reference["subresource"]?.string ?? ""
    let sent = event["requestObject"] ?? .null
    let stored = event["responseObject"] ?? .null
    let served = resources.resource(
      apiVersion: group.isEmpty ? version : group + "/" + version,
      path: subresource.isEmpty ? resource : resource + "/" + subresource)
    var body = stored
    var isStored = true
    // A deletion answers with a Status, a subresource such as bindings too.
    if body["kind"]?.string == "Status" || !subresource.isEmpty { body = .null }
    if body.isNull, verb != "patch" {
      body = sent
      isStored = false
    }
    let who = event["impersonatedUser"] ?? user
    var request = AdmissionRequest(
      kind: .init(group: group, version: version, kind: served?.kind ?? body["kind"]?.string ?? ""),
      resource: .init(group: group, version: version, resource: resource), subresource: subresource,
      name: reference["name"]?.string ?? body[path: "metadata", "name"]?.string ?? "",
      namespace: reference["namespace"]?.string ?? "", operation: operation,
      user: .init(
        name: who["username"]?.string ?? "", uid: who["uid"]?.string ?? "", groups: who["groups"]?.strings ?? [],
        extra: (who["extra"]?.entries ?? []).map { ($0.key, $0.value.strings) }),
      object: operation == .delete ? .null : body)
    request.uid = event["auditID"]?.string ?? ""
    request.isOldObjectKnown = operation == .create
    request.readOptions(of: event["requestURI"]?.string ?? "")
    if resource == "namespaces", request.namespace.isEmpty { request.namespace = request.name }
    func gap(_ gap: Gap) -> RecordedChange { .notEvaluated(request, gap) }
    switch operation {
    case .delete: self = gap(.deletion)
    case .connect: self = gap(.connection)
    case .create, .update:
      if event[path: "annotations", "audit.k8s.io/truncated"]?.string == "true" {
        self = gap(.truncated)
      } else if body.isNull {
        self = gap(verb == "patch" && !sent.isNull ? .patchWithoutResult : .withoutBody)
      } else if request.kind.kind.isEmpty {
        self = gap(.unknownKind)
      } else {
        if body["kind"] == nil {
          // Lists of the log leave out what the resource says.
          request.object = body.setting("apiVersion", DocumentNode(.string(request.kind.apiVersion)))
            .setting("kind", DocumentNode(.string(request.kind.kind)))
        }
        self = .request(request, isStored: isStored)
      }
    }
  }
}

extension AdmissionRequest {
  /// Takes the options of a change from the query of its URI, as the server does: only these are options, and a patch is an update.
  ///
  /// Source: `CreateOptions` and `UpdateOptions` in k8s.io/apimachinery `pkg/apis/meta/v1/types.go`.
  fileprivate mutating func readOptions(of uri: String) {
    let kinds: [Operation: DocumentNode] = [.create: "CreateOptions", .update: "UpdateOptions"]
    guard let kind = kinds[operation], !uri.isEmpty else {
      areOptionsKnown = operation == .connect
      return
    }
    var values: [String: [String]] = [:]
    let query = uri.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    for (name, value) in FormQuery.pairs(query) { values[name, default: []].append(value) }
    options = ["kind": kind, "apiVersion": "meta.k8s.io/v1"]
    if let dryRun = values["dryRun"]?.filter({ !$0.isEmpty }), !dryRun.isEmpty {
      options = options.setting("dryRun", DocumentNode(.array(dryRun.map { DocumentNode(.string($0)) })))
      isDryRun = dryRun.contains("All")
    }
    for key in ["fieldManager", "fieldValidation"] {
      guard let value = values[key]?.first, !value.isEmpty else { continue }
      options = options.setting(key, DocumentNode(.string(value)))
    }
  }
}
