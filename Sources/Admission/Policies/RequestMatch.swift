package import Bytes
import Kube

/// Whether a request is one of those that a policy, a binding or a webhook is about.
package enum RequestMatch: Sendable, Equatable {
  case no
  /// As the resource and kind that the rules name, which are the request's own or equivalent ones.
  case yes(AdmissionRequest.Resource, AdmissionRequest.Kind)
  /// The server could not tell, and says so.
  case failed(String)
  /// It cannot be known here, because …
  case unknown(String)
}

/// Matches requests as the API server does.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/policy/matching/matching.go`.
///
/// For one request, and one task at a time: what the request is equivalent to is found once for all policies.
package final class RequestMatcher {
  private let cluster: AdmissionCluster
  private var equivalents: [(resource: AdmissionRequest.Resource, kind: AdmissionRequest.Kind)]?

  package init(_ cluster: AdmissionCluster) { self.cluster = cluster }

  private func equivalents(
    of request: AdmissionRequest
  ) -> [(resource: AdmissionRequest.Resource, kind: AdmissionRequest.Kind)] {
    if let equivalents { return equivalents }
    let found = cluster.resources.equivalents(of: request.resource, subresource: request.subresource).map { other in
      (
        resource: AdmissionRequest.Resource(group: other.group, version: other.version, resource: other.resource),
        kind: AdmissionRequest.Kind(group: other.group, version: other.version, kind: other.kind)
      )
    }.filter { $0.resource != request.resource }
    equivalents = found
    return found
  }

  package func match(_ criteria: MatchResources, _ request: AdmissionRequest) -> RequestMatch {
    let namespace = matchesNamespace(criteria, request)
    if case .no = namespace { return .no }
    let selector: LabelSelector
    var objectFailure: String?
    switch criteria.objectSelector {
    case .success(let value): selector = value
    case .failure(let invalid):
      selector = .everything
      objectFailure = invalid.message
    }
    if objectFailure == nil, !selector.requirements.isEmpty,
      !Self.selects(selector, request.object), !Self.selects(selector, request.oldObject)
    {
      return .no
    }
    switch matchRules(criteria.excludedRules, criteria, request) {
    case .yes: return .no
    case .failed(let message): return .failed(message)
    case .no, .unknown: break
    }
    let match =
      criteria.rules.isEmpty
      ? RequestMatch.yes(request.resource, request.kind) : matchRules(criteria.rules, criteria, request)
    guard case .yes = match else { return match }
    switch namespace {
    case .failed(let message): return .failed(message)
    case .unknown(let reason): return .unknown(reason)
    case .no, .yes: break
    }
    if let objectFailure { return .failed(objectFailure) }
    return match
  }

  private static func selects(_ selector: LabelSelector, _ object: DocumentNode) -> Bool {
    // What has no metadata, such as the options of exec, has no labels either and is never selected.
    guard let metadata = object["metadata"] else { return false }
    return selector.matches(metadata["labels"]?.stringMap ?? [:])
  }

  private enum NamespaceMatch {
    case no
    case yes
    case failed(String)
    case unknown(String)
  }

  private func matchesNamespace(_ criteria: MatchResources, _ request: AdmissionRequest) -> NamespaceMatch {
    let isAboutNamespace = request.resource.resource == "namespaces"
    if request.namespace.isEmpty, !isAboutNamespace { return .yes }
    let selector: LabelSelector
    switch criteria.namespaceSelector {
    case .success(let value): selector = value
    case .failure(let invalid): return .failed(invalid.message)
    }
    if selector.requirements.isEmpty { return .yes }
    if isAboutNamespace, request.subresource.isEmpty, request.operation == .create || request.operation == .update {
      return selector.matches(request.object.metadataLabels) ? .yes : .no
    }
    switch cluster.namespace(request.namespace) {
    case .found(let namespace): return selector.matches(namespace.metadataLabels) ? .yes : .no
    case .assumed(let namespace, let reason):
      // The one label that every namespace has is known.
      let known = selector.requirements.filter { $0.key == "kubernetes.io/metadata.name" }
      let labels = namespace.metadataLabels
      if !known.allSatisfy({ $0.matches(labels) }) { return .no }
      return known.count == selector.requirements.count
        ? .yes : .unknown("labels of namespace \"\(request.namespace)\" are not known: \(reason)")
    case .missing: return .failed("namespaces \"\(request.namespace)\" not found")
    }
  }

  private func matchRules(
    _ rules: [MatchResources.Rule], _ criteria: MatchResources, _ request: AdmissionRequest
  ) -> RequestMatch {
    for rule in rules where rule.matches(request.resource, request) && rule.allowsName(request.name) {
      return .yes(request.resource, request.kind)
    }
    guard criteria.allowsEquivalents, !rules.isEmpty else { return .no }
    let equivalents = equivalents(of: request)
    if equivalents.isEmpty { return .no }
    for rule in rules {
      for equivalent in equivalents where rule.matches(equivalent.resource, request) && rule.allowsName(request.name) {
        return .yes(equivalent.resource, equivalent.kind)
      }
    }
    return .no
  }
}

extension AdmissionCluster {
  /// What is known of a namespace, whose labels selectors read.
  package enum NamespaceAnswer: Sendable {
    case found(DocumentNode)
    /// What is known of a namespace that was not given, and why no more.
    case assumed(DocumentNode, String)
    case missing
  }

  /// Why labels and annotations of the namespace that a request's object is in are not known; nil where they are, and where
  /// there is no such namespace.
  func ignorance(ofNamespaceOf request: AdmissionRequest) -> String? {
    guard !request.namespace.isEmpty, !request.isNamespace,
      case .assumed(_, let reason) = namespace(request.namespace)
    else { return nil }
    return "it depends on namespace \"\(request.namespace)\": \(reason)"
  }

  /// Whether there is no such namespace for sure.
  func isMissing(namespace name: String) -> Bool { if case .missing = namespace(name) { true } else { false } }

  package func namespace(_ name: String) -> NamespaceAnswer {
    if let found = object(.namespace, name: name) { return .found(found) }
    let reason: String
    if case .part(let known) = knowledge(of: .namespace) {
      reason = known
    } else if Self.everpresent.contains(name) {
      reason = "every cluster has the namespace, but the input does not hold it"
    } else if assumesNamespaces {
      reason = "the namespace is not in the input"
    } else {
      return .missing
    }
    let text = DocumentNode(.string(name))
    return .assumed(
      [
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": ["name": text, "labels": ["kubernetes.io/metadata.name": text]],
        "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
      ], reason)
  }
}
