import Bytes
import Kube
import PodSecurity

/// The Pod Security admission plugin: judges pods, and what pods are made of, by the labels of their namespace.
///
/// Source: `policy/` and `admission/` of k8s.io/pod-security-admission; the plugin runs with its defaults: privileged where
/// the namespace says nothing, no exemptions.
package enum PodSecurityPlugin {
  /// What the plugin says to one request, in the server's words.
  package struct Answer: Sendable {
    package var refusal: AdmissionRefusal?
    package var warnings: [String] = []
    package var auditAnnotations: [(key: String, value: String)] = []
    /// What violates the level that is audited.
    package var auditViolation: String?
    /// Why it cannot be known what the plugin says.
    package var unknown: String?
  }

  package static let name = "PodSecurity"

  private static let prefix = "pod-security.kubernetes.io/"

  package static func judge(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> Answer {
    var answer = Answer()
    guard request.operation == .create || request.operation == .update, request.object.mapping != nil else {
      return answer
    }
    if request.isNamespace { return namespace(request) }
    let isPod = request.resource.group.isEmpty && request.resource.resource == "pods"
    if isPod {
      guard ["", "ephemeralcontainers", "resize"].contains(request.subresource) else { return answer }
    } else if !request.subresource.isEmpty || !PodTemplateCatalogue.makesPods(request.kind.groupKind) {
      return answer
    }
    let holder: DocumentNode
    switch cluster.namespace(request.namespace) {
    case .found(let namespace): holder = namespace
    case .missing: return answer
    case .assumed(_, let reason):
      answer.unknown = "namespace \(request.namespace) is not known: \(reason)"
      return answer
    }
    let labels = NamespacePodSecurity(holder.metadataLabels)
    let privileged = NamespacePodSecurity.Setting(level: .privileged, version: .latest)
    let enforce = labels.enforce ?? privileged
    let audit = labels.audit ?? privileged
    let warn = labels.warn ?? privileged
    let isQuiet = audit.level == .privileged && warn.level == .privileged
    let policy = (key: prefix + "enforce-policy", value: "\(enforce.level.name):\(enforce.version.text)")
    if isPod, enforce.level == .privileged, isQuiet, labels.invalid.isEmpty {
      answer.auditAnnotations.append(policy)
      return answer
    }
    if isPod ? request.operation == .update && !changesWhatIsJudged(request) : isQuiet { return answer }
    guard let object = KubeObject(request.object, file: "") else { return answer }
    let templates = PodTemplateCatalogue.templates(of: object)
    func violation(_ setting: NamespacePodSecurity.Setting) -> String? {
      for template in templates {
        let message = PodSecurityStandard.message(template, level: setting.level, version: setting.version)
        if let message { return message }
      }
      return nil
    }
    if isPod {
      answer.auditAnnotations.append(policy)
      if let message = violation(enforce) {
        // What would violate the level does violate it here.
        answer.refusal = .forbidden(
          request, message.replacing("would violate PodSecurity", with: "violates PodSecurity"))
      }
    }
    if let message = violation(audit) {
      answer.auditAnnotations.append((prefix + "audit-violations", message))
      answer.auditViolation = message
    }
    if answer.refusal == nil, let message = violation(warn) { answer.warnings.append(message) }
    return answer
  }

  /// Labels that the plugin cannot read are refused when they are new.
  private static func namespace(_ request: AdmissionRequest) -> Answer {
    let labels = request.object.metadataLabels
    let old = request.oldObject.metadataLabels
    var errors: [FieldError] = []
    for fault in NamespacePodSecurity(labels).invalid
    where request.operation == .create || old[fault.label] != labels[fault.label] {
      let detail =
        fault.label.hasSuffix("-version")
        ? "must be \"latest\" or \"v1.x\"" : "must be one of privileged, baseline, restricted"
      errors.append(
        .invalid("metadata.labels[\(fault.label)]", DocumentNode(.string(labels[fault.label] ?? "")), detail))
    }
    var answer = Answer()
    guard !errors.isEmpty else { return answer }
    answer.refusal = AdmissionRefusal(
      .invalid, "Namespace \"\(request.nameForMessages)\" is invalid: \(FieldError.aggregate(errors))",
      causes: errors.map { .init(reason: $0.kind.rawValue, message: $0.body, field: $0.path ?? "") })
    return answer
  }

  /// Whether an update of a pod changes anything that the standards look at: what may change without is an image's name,
  /// the deadline and tolerations.
  private static func changesWhatIsJudged(_ request: AdmissionRequest) -> Bool {
    func judged(_ pod: DocumentNode) -> DocumentNode {
      var spec = (pod["spec"] ?? [:]).setting(path: ["activeDeadlineSeconds"], nil).setting(path: ["tolerations"], nil)
      for key in ["containers", "initContainers"] {
        guard let containers = spec[key]?.array else { continue }
        let bare = containers.map { $0.setting(path: ["image"], nil) }
        spec = spec.setting(path: [key], DocumentNode(.array(bare)))
      }
      return spec
    }
    func profiles(_ pod: DocumentNode) -> [String: String] {
      pod.metadataAnnotations.filter {
        $0.key.hasPrefix("container.apparmor.security.beta.kubernetes.io/")
          || $0.key.hasPrefix("seccomp.security.alpha.")
      }
    }
    return judged(request.object) != judged(request.oldObject)
      || profiles(request.object) != profiles(request.oldObject)
  }
}
