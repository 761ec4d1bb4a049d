import Bytes
import Findings
import Images
package import Kube
package import PodSecurity

/// Looks at every text of an object by `Credential`, wherever it stands: values of charts, parameters, addresses, headers of
/// probes, commands of hooks, files inside of custom resources. What other checks of credentials look at is left to them:
/// ConfigMaps, Secrets, metadata, and the environment and the arguments of containers.
package struct CredentialInField: AnyKindCheck {
  package let metadata = CheckMetadata(
    id: "credential-in-field", title: "Credential in a field of the object", area: .cluster, severity: .high,
    rationale:
      "Whoever may see the object reads it, and so does who reads the repository, the logs of pipelines or a backup: a custom resource is no Secret, and nothing treats it as one.",
    remediation:
      "Refer to a Secret or an external secret store, as most controllers let you (`valuesFrom`, `secretRef`, `passwordSecret`); then change the credential, since it has been seen.",
    example: """
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: redis
      spec:
        valuesFrom:
          - kind: Secret
            name: redis-values
      """,
    controls: [.cis("5.4.2"), .nsa("authentication-and-authorization"), .mitre("T1552")],
    references: [
      Reference("Good practices for Secrets", "https://kubernetes.io/docs/concepts/security/secrets-good-practices/")
    ])

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard !Self.isJudgedElsewhere(object.groupKind), !object.isEncrypted else { return .notApplicable }
    var walk = Walk(object)
    for (node, path) in CustomKinds.contents(of: object) { walk.fields(node, path, depth: 0) }
    return .failing(
      on: walk.evidence,
      "\(listed("field", walk.names)) \(Phrase.noun(Set(walk.names).count, "looks like a credential", "look like credentials"))"
    )
  }

  /// Kinds with a check of their own, those whose values are encrypted, and those that only describe others.
  private static func isJudgedElsewhere(_ kind: GroupKind) -> Bool {
    switch kind.kind {
    case "Secret", "ConfigMap": kind.group.isEmpty
    case "SealedSecret": kind.group == "bitnami.com"
    case "CustomResourceDefinition": true
    case "Event": kind.group.isEmpty || kind.group == "events.k8s.io"
    default: false
    }
  }

  private struct Walk {
    var names: [String] = []
    var evidence: [Evidence] = []
    /// Paths of the containers of which the environment and the arguments are judged elsewhere.
    private let containers: Set<String>

    init(_ object: KubeObject) {
      containers = Set(PodTemplateCatalogue.allTemplates(of: object).flatMap(\.containers).map(\.path))
    }

    private mutating func add(_ proof: Evidence, _ name: String) {
      guard evidence.count < 100 else { return }
      names.append(name)
      evidence.append(proof)
    }

    mutating func fields(_ node: DocumentNode, _ path: String, depth: Int) {
      guard depth < 64, let mapping = node.mapping else { return }
      // An entry of a list that names what it holds, as a parameter of a chart does.
      let named = mapping["name"]?.string ?? mapping["key"]?.string
      // Beside the name of a Secret, a field says which of its keys is meant.
      let refersToSecret = mapping.entries.contains { entry in
        guard let last = entry.key.utf8.last, Self.lastLetters.contains(last | 0x20), entry.value.text != nil else {
          return false
        }
        let name = entry.key.lowercased()
        return Self.references.contains { name.hasSuffix($0) }
      }
      let isContainer = containers.contains(path)
      for entry in mapping.entries {
        if path.isEmpty, ["metadata", "status", "apiVersion", "kind"].contains(entry.key) { continue }
        if Self.described.contains(entry.key) { continue }
        if isContainer, ["env", "args", "command"].contains(entry.key) { continue }
        let place = Self.path(path, entry.key)
        let name = entry.key == "value" ? named ?? entry.key : entry.key
        value(entry.value, name, place, refersToSecret: refersToSecret, depth: depth + 1)
      }
    }

    private mutating func value(
      _ node: DocumentNode, _ name: String, _ path: String, refersToSecret: Bool, depth: Int
    ) {
      if node.mapping != nil {
        fields(node, path, depth: depth)
      } else if let items = node.array {
        guard depth < 64 else { return }
        for (index, item) in items.enumerated() {
          let place = "\(path)[\(index)]"
          if let text = item.string {
            let flag = index > 0 ? items[index - 1].string ?? "" : ""
            if Credential.isCredential(argument: text) || Credential.isCredential(flag: flag, value: text) {
              add(Credential.evidence(item, path: place), name)
            }
          } else {
            value(item, name, place, refersToSecret: false, depth: depth + 1)
          }
        }
      } else if let text = node.string, text.utf8.count >= 4, !Self.isKeyName(name, text) {
        let isOne =
          refersToSecret && !text.contains("\n")
          ? Credential.isCredential(name: "", value: text) : Credential.isCredential(name: name, value: text)
        let isFile = text.contains("\n") || text.hasPrefix("{") || text.hasPrefix("[")
        let inside = isFile ? Credential.inside(text, named: "") : []
        if !inside.isEmpty {
          add(Credential.evidence(inside: inside, node, path: path), name)
        } else if isOne {
          add(Credential.evidence(node, path: path), name)
        }
      }
    }

    /// Ends of the names of fields that name a Secret.
    private static let references = ["secretname", "secretref", "secretkeyref", "existingsecret"]
    private static let lastLetters = Set(references.compactMap(\.utf8.last))

    private static func path(_ parent: String, _ key: String) -> String {
      if key.contains(".") { return "\(parent)[\"\(key)\"]" }
      return parent.isEmpty ? key : parent + "." + key
    }

    /// The name of a key of AWS, which is of no use without the key.
    private static func isKeyName(_ name: String, _ value: String) -> Bool {
      let plain = name.lowercased().filter { $0.isLetter }
      return (plain.hasSuffix("accesskeyid") || plain.hasSuffix("accesskey")) && value.utf8.count == 20
        && (value.hasPrefix("AKIA") || value.hasPrefix("ASIA")) && value.allSatisfy { $0.isUppercase || $0.isNumber }
    }

    /// Fields that tell people or schemas about others.
    private static let described: Set<String> = [
      "openAPIV3Schema", "description", "summary", "message", "expr", "caBundle", "encryptedData",
    ]
  }
}
