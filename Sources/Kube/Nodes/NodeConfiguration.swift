package import Bytes

/// Kinds of configuration files of a node, and what of each is kept: settings that are judged, never a secret.
package enum NodeConfiguration: Sendable {
  case kubelet, proxy, etcd, encryption, authentication, authorization, auditPolicy, distribution, scheduler, openShift

  /// The document with what is kept.
  package func kept(_ document: DocumentNode) -> DocumentNode {
    switch self {
    case .auditPolicy: return Self.only(document, ["apiVersion", "kind", "rules", "omitStages"])
    case .kubelet:
      // Headers of the server of static pods hold credentials.
      return Self.filtered(document) { key, _ in !["staticPodURLHeader", "bootstrapKubeconfig"].contains(key) }
    case .proxy: return Self.only(document, ["apiVersion", "kind", "metricsBindAddress", "bindAddress", "mode"])
    case .etcd:
      return Self.only(document, ["data-dir", "client-transport-security", "peer-transport-security", "name"])
    case .scheduler: return Self.only(document, ["apiVersion", "kind", "enableProfiling", "enableContentionProfiling"])
    case .openShift:
      // Values are those of flags: what may be secret is left out as there.
      var kept: [Mapping.Entry] = []
      for name in ["apiServerArguments", "extendedArguments"] {
        guard let flags = document[name]?.entries else { continue }
        let entries = flags.map { flag in
          let words = ComponentArguments(
            (flag.value.array ?? [flag.value]).compactMap(\.text).map { "--\(flag.key)=\($0)" }
          ).withoutSecrets.words
          let values = words.map { DocumentNode(.string(String($0.drop { $0 != "=" }.dropFirst()))) }
          return Mapping.Entry(key: flag.key, value: DocumentNode(.array(values)))
        }
        kept.append(.init(key: name, value: DocumentNode(.object(Mapping(entries)))))
      }
      return DocumentNode(.object(Mapping(kept)))
    case .authorization:
      let list = (document["authorizers"]?.elements ?? []).map { Self.only($0, ["type", "name"]) }
      return ["kind": "AuthorizationConfiguration", "authorizers": DocumentNode(.array(list))]
    case .authentication:
      let issuers = (document["jwt"]?.elements ?? []).map {
        ["issuer": Self.only($0["issuer"] ?? .null, ["url"])] as DocumentNode
      }
      var kept: [Mapping.Entry] = [
        .init(key: "kind", value: "AuthenticationConfiguration"),
        .init(key: "jwt", value: DocumentNode(.array(issuers))),
      ]
      if let anonymous = document["anonymous"] { kept.append(.init(key: "anonymous", value: anonymous.withoutPlaces)) }
      return DocumentNode(.object(Mapping(kept)))
    case .encryption:
      let list = (document["resources"]?.elements ?? []).map { item -> DocumentNode in
        let providers = (item["providers"]?.elements ?? []).map { provider in
          DocumentNode(
            .object(
              Mapping(provider.entries.map { Mapping.Entry(key: $0.key, value: DocumentNode(.object(Mapping([])))) })))
        }
        let resources = (item["resources"]?.strings ?? []).map { DocumentNode(.string($0)) }
        return ["resources": DocumentNode(.array(resources)), "providers": DocumentNode(.array(providers))]
      }
      return ["kind": "EncryptionConfiguration", "resources": DocumentNode(.array(list))]
    case .distribution:
      let known: Set<String> = [
        "cluster-init", "secrets-encryption", "protect-kernel-defaults", "profile", "write-kubeconfig-mode", "selinux",
      ]
      return Self.filtered(document) { key, value in
        guard known.contains(key) || key.hasSuffix("-arg") || key.hasSuffix("-arg+") else { return false }
        let words = (value.array ?? [value]).compactMap(\.text).map { $0.hasPrefix("-") ? $0 : "--" + $0 }
        return ComponentArguments(words).withoutSecrets.words == words
      }
    }
  }

  private static func only(_ document: DocumentNode, _ keys: Set<String>) -> DocumentNode {
    filtered(document) { key, _ in keys.contains(key) }
  }

  private static func filtered(_ document: DocumentNode, _ isKept: (String, DocumentNode) -> Bool) -> DocumentNode {
    DocumentNode(
      .object(
        Mapping(
          document.entries.filter { isKept($0.key, $0.value) }.map {
            Mapping.Entry(key: $0.key, value: $0.value.withoutPlaces)
          })))
  }
}
