import Findings
package import Kube
package import PodSecurity
import Validation

/// Looks for what the API server would refuse or leave out: fields that do not exist or stand in the wrong place, values
/// of the wrong type, missing fields, and what validation does not allow.
package struct SchemaConformance: EveryObjectCheck {
  package let metadata = CheckMetadata(
    id: "schema", title: "The API server refuses it, or ignores part of it", area: .cluster, severity: .medium,
    rationale:
      "A field that is misspelt or stands in the wrong place has no effect: the server refuses the object, or a client that is not strict applies it without the protection that the field was meant for.",
    remediation:
      "Write the field as `kubectl explain` shows it for the kind, or remove it; `kubectl apply --dry-run=server --validate=strict` tells the same.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            securityContext:
              readOnlyRootFilesystem: true
      """,
    controls: [.nsa("authentication-and-authorization")],
    references: [
      Reference(
        "Server-side field validation",
        "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation")
    ], aliases: ["kube-linter:schema-validation"], reads: PodTemplateCatalogue.kinds)

  /// More than anybody reads of one object.
  private static let most = 100

  package func examine(_ object: KubeObject, at index: Int, _ context: CheckContext) -> [Failure] {
    let all = context.schemas.violations(at: index)
    guard !all.isEmpty else { return [] }
    var order: [String] = []
    var byPath: [String: [SchemaViolation]] = [:]
    for violation in all {
      // The check of removed versions says in which one they went, and what to use instead.
      if violation.kind == .notServed, RemovedAPI.knows(object) { continue }
      if byPath[violation.path] == nil { order.append(violation.path) }
      byPath[violation.path, default: []].append(violation)
    }
    let version = context.targetMinor.flatMap { target in
      target == ServedRelease.minor
        ? nil : " (by the schema of Kubernetes 1.\(ServedRelease.minor), the nearest to 1.\(target))"
    }
    return order.prefix(Self.most).compactMap { path in
      guard let violations = byPath[path], let first = violations.first else { return nil }
      var messages: [String] = []
      for violation in violations where !messages.contains(violation.message) { messages.append(violation.message) }
      return Failure(
        message: messages.joined(separator: "; ") + (version ?? ""),
        evidence: [
          Evidence(
            path: path, value: nil, line: Int(first.line), column: Int(first.column))
        ])
    }
  }
}
