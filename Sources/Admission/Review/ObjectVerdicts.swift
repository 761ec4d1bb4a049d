import Bytes
import Findings
package import Kube

/// What a set of policies says of objects that are to be made, or are there already.
package struct ObjectVerdicts: Sendable {
  /// A validation of a policy that an object does not satisfy.
  package struct Violation: Sendable {
    package let object: KubeObject
    package let policy: String
    /// Nil where no binding stands behind it: the policy itself is at fault, or has no binding.
    package let binding: String?
    /// The strongest of what the binding does about it.
    package let action: PolicyBinding.Action
    package let message: String
    package let reason: String
    package let param: String?
    package let cause: PolicyReport.Violation.Cause
  }

  /// A verdict that is missing, because …
  package struct Gap: Sendable {
    package let object: KubeObject
    /// Nil: no policy could be asked.
    package let policy: String?
    package let binding: String?
    package let reason: String
  }

  /// A policy that could not be evaluated on an object, and whose failure policy passes that over.
  package struct Ignored: Sendable {
    package let object: KubeObject
    package let policy: String
    package let message: String
  }

  /// What mutating policies would make of an object.
  package struct Change: Sendable {
    package let object: KubeObject
    package let policies: [String]
    package let patch: JSONPatch
  }

  package private(set) var objects = 0
  /// Objects that at least one policy judged.
  package private(set) var judged = 0
  /// Validations that were evaluated.
  package private(set) var evaluations = 0
  /// How many objects each policy judged.
  package private(set) var applied: [String: Int] = [:]
  package private(set) var violations: [Violation] = []
  package private(set) var gaps: [Gap] = []
  package private(set) var ignored: [Ignored] = []
  package private(set) var changes: [Change] = []

  package init() {}

  package mutating func add(_ other: ObjectVerdicts) {
    objects += other.objects
    judged += other.judged
    evaluations += other.evaluations
    applied.merge(other.applied, uniquingKeysWith: +)
    violations += other.violations
    gaps += other.gaps
    ignored += other.ignored
    changes += other.changes
  }

  /// How an object becomes a request.
  package struct Sender: Sendable {
    /// Nil: nobody knows who will send it.
    package var user: AdmissionRequest.User?
    /// Of objects that name none.
    package var namespace: String

    package init(user: AdmissionRequest.User? = nil, namespace: String = "default") {
      self.user = user
      self.namespace = namespace
    }
  }

  /// Judges one object as if it were created now.
  package mutating func judge(_ object: KubeObject, _ judge: PolicyJudge, _ sender: Sender) {
    objects += 1
    let request: AdmissionRequest
    let creation = AdmissionRequest.creation(of: object, judge.cluster.resources, sender)
    switch creation {
    case .request(let made): request = made
    case .notServed(let reason):
      gaps.append(Gap(object: object, policy: nil, binding: nil, reason: reason))
      return
    case .unknownKind:
      if judge.policies.groups.map({ $0.contains(object.groupKind.group) }) ?? true {
        gaps.append(
          Gap(
            object: object, policy: nil, binding: nil, reason: creation.reason ?? ""))
      }
      return
    }
    if let refusal = judge.cluster.decodingRefusal(request, of: object) {
      gaps.append(
        Gap(object: object, policy: nil, binding: nil, reason: "the server cannot read it: \(refusal.message)"))
      return
    }
    let verdict = judge.judge(sent: request)
    let report = verdict.report
    evaluations += report.evaluations
    for policy in report.applied { applied[policy, default: 0] += 1 }
    if !report.applied.isEmpty || verdict.mutationRefusal != nil { judged += 1 }
    if let refusal = verdict.mutationRefusal {
      violations.append(
        Violation(
          object: object, policy: verdict.mutation?.refusedBy ?? "", binding: nil, action: .deny,
          message: refusal.message, reason: refusal.reason, param: nil, cause: .evaluation))
    }
    for item in report.violations {
      violations.append(
        Violation(
          object: object, policy: item.policy, binding: item.binding.flatMap { $0.isEmpty ? nil : $0 },
          action: item.strongest, message: item.message, reason: item.reason, param: item.param, cause: item.cause))
    }
    for item in verdict.notEvaluated {
      gaps.append(
        Gap(
          object: object, policy: item.policy, binding: item.binding.flatMap { $0.isEmpty ? nil : $0 },
          reason: item.reason))
    }
    for item in verdict.ignored {
      ignored.append(Ignored(object: object, policy: item.policy, message: item.message))
    }
    if let patch = verdict.patch {
      changes.append(Change(object: object, policies: verdict.mutation?.changedBy ?? [], patch: patch))
    }
  }

  package func count(_ action: PolicyBinding.Action) -> Int { violations.count { $0.action == action } }
}

extension PolicyReport.Violation {
  /// The strongest of its actions.
  package var strongest: PolicyBinding.Action {
    actions.contains(.deny) ? .deny : actions.contains(.warn) ? .warn : .audit
  }
}

extension AdmissionRequest {
  /// Whether there can be a request that makes an object.
  package enum Creation {
    case request(AdmissionRequest)
    /// Neither a kind of Kubernetes nor one whose definition is given.
    case unknownKind
    /// No server has the kind in the object's version, in its words.
    case notServed(String)

    /// Why there can be none; nil where there can.
    package var reason: String? {
      switch self {
      case .request: nil
      case .unknownKind: "its kind is not known; give its CustomResourceDefinition"
      case .notServed(let reason): reason
      }
    }
  }

  /// The request that makes an object.
  package static func creation(
    of object: KubeObject, _ resources: ResourceTable, _ sender: ObjectVerdicts.Sender
  ) -> Creation {
    let kind = Kind(group: object.groupKind.group, version: object.version, kind: object.kind)
    let resource: APIResource
    switch resources.place(of: kind) {
    case .resource(let found): resource = found
    case .unknown: return .unknownKind
    case .none(let reason): return .notServed(reason)
    }
    let namespace = object.groupKind == .namespace ? object.name : ""
    let root = object.root
    var request = AdmissionRequest(
      kind: kind, resource: Resource(group: kind.group, version: kind.version, resource: resource.resource),
      name: root[path: "metadata", "name"]?.text ?? "",
      namespace: resource.isNamespaced ? object.namespace ?? sender.namespace : namespace, operation: .create,
      user: sender.user ?? User(name: ""), object: root)
    if resource.isNamespaced, object.namespace == nil {
      request.object = root.setting(path: ["metadata", "namespace"], DocumentNode(.string(sender.namespace)))
    }
    request.isUserKnown = sender.user != nil
    request.areOptionsKnown = false
    return .request(request)
  }
}
