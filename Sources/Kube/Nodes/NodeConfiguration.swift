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
      let kept = Self.filtered(document) { key, _ in !["staticPodURLHeader", "bootstrapKubeconfig"].contains(key) }
      guard let address = kept["staticPodURL"]?.string else { return kept }
      return Self.with("staticPodURL", DocumentNode(.string(ComponentArguments.withoutPasswords(address))), in: kept)
    case .proxy:
      let kept = Self.only(document, ["apiVersion", "kind", "metricsBindAddress", "bindAddress", "mode"])
      guard let path = document[path: "clientConnection", "kubeconfig"]?.string else { return kept }
      return Self.with("clientConnection", ["kubeconfig": DocumentNode(.string(path))], in: kept)
    case .etcd:
      return Self.only(
        document,
        [
          "data-dir", "client-transport-security", "peer-transport-security", "name", "listen-client-urls",
          "listen-peer-urls",
        ])
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
      return DocumentNode(
        .object(Mapping(Self.identity(document) + [.init(key: "authorizers", value: DocumentNode(.array(list)))])))
    case .authentication:
      let issuers = (document["jwt"]?.elements ?? []).map {
        ["issuer": Self.only($0["issuer"] ?? .null, ["url"])] as DocumentNode
      }
      var kept = Self.identity(document) + [.init(key: "jwt", value: DocumentNode(.array(issuers)))]
      if let anonymous = document["anonymous"] { kept.append(.init(key: "anonymous", value: anonymous.withoutPlaces)) }
      return DocumentNode(.object(Mapping(kept)))
    case .encryption:
      let list = (document["resources"]?.elements ?? []).map { item -> DocumentNode in
        let providers = (item["providers"]?.elements ?? []).map { provider in
          DocumentNode(.object(Mapping(provider.entries.map { .init(key: $0.key, value: Self.provider($0.value)) })))
        }
        let resources = (item["resources"]?.strings ?? []).map { DocumentNode(.string($0)) }
        return ["resources": DocumentNode(.array(resources)), "providers": DocumentNode(.array(providers))]
      }
      return DocumentNode(
        .object(Mapping(Self.identity(document) + [.init(key: "resources", value: DocumentNode(.array(list)))])))
    case .distribution:
      let known: Set<String> = [
        "cluster-init", "secrets-encryption", "protect-kernel-defaults", "profile", "write-kubeconfig-mode", "selinux",
        "datastore-cafile", "datastore-certfile", "datastore-keyfile",
      ]
      var kept: [Mapping.Entry] = []
      for entry in document.entries {
        if known.contains(entry.key) {
          kept.append(.init(key: entry.key, value: entry.value.withoutPlaces))
        } else if entry.key == "datastore-endpoint" {
          // That there is one is of interest, and its address has a password in it.
          kept.append(.init(key: entry.key, value: "REDACTED"))
        } else if entry.key.hasSuffix("-arg") || entry.key.hasSuffix("-arg+") {
          let words = (entry.value.array ?? [entry.value]).compactMap(\.text)
          let safe = words.map { word in ComponentArguments([word]).withoutSecrets.words.first ?? word }
          kept.append(.init(key: entry.key, value: DocumentNode(.array(safe.map { DocumentNode(.string($0)) }))))
        }
      }
      return DocumentNode(.object(Mapping(kept)))
    }
  }

  /// What the document says it is.
  private static func identity(_ document: DocumentNode) -> [Mapping.Entry] {
    ["apiVersion", "kind"].compactMap { key in
      document[key].map { Mapping.Entry(key: key, value: $0.withoutPlaces) }
    }
  }

  /// A provider of encryption: how many keys it has, and none of them.
  private static func provider(_ node: DocumentNode) -> DocumentNode {
    guard let keys = node["keys"] else { return [:] }
    return ["keys": DocumentNode(.array(keys.elements.map { _ in [:] }))]
  }

  private static func with(_ key: String, _ value: DocumentNode, in document: DocumentNode) -> DocumentNode {
    DocumentNode(.object(Mapping(document.entries.filter { $0.key != key } + [.init(key: key, value: value)])))
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
