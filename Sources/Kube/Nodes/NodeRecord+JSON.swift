package import Bytes

extension NodeRecord {
  /// The record as JSON, with keys in order.
  package var document: DocumentNode {
    func text(_ text: String) -> DocumentNode { DocumentNode(.string(text)) }
    func list(_ items: [String]) -> DocumentNode { DocumentNode(.array(items.map(text))) }
    func fact<T>(_ fact: NodeFact<T>, _ value: (T) -> DocumentNode) -> DocumentNode {
      var fields: [(String, DocumentNode)] = fact.source.map { [("from", text($0.text))] } ?? []
      switch fact {
      case .read(let found, _): fields.append(("value", value(found)))
      case .absent: fields.append(("absent", true))
      case .unread(let reason, _): fields.append(("unread", text(reason.rawValue)))
      }
      return DocumentNode.object(fields)
    }
    func facts<T>(_ facts: [String: NodeFact<T>], _ value: (T) -> DocumentNode) -> DocumentNode {
      DocumentNode.object(facts.sorted { $0.key < $1.key }.map { ($0.key, fact($0.value, value)) })
    }
    var fields: [(String, DocumentNode)] = [
      ("apiVersion", "bartizan.dev/v1"), ("kind", text(Self.kind)), ("name", text(name)),
      ("distribution", text(distribution.rawValue)),
    ]
    if let version { fields.append(("version", text(version))) }
    if let collected { fields.append(("collected", text(collected))) }
    fields += [
      (
        "components",
        DocumentNode.object(
          components.sorted { $0.key < $1.key }.map { component, facts in
            (component.rawValue, DocumentNode(.array(facts.map { fact($0) { list($0.words) } })))
          })
      ),
      (
        "files",
        facts(files) {
          DocumentNode.object(
            [("mode", text($0.modeText)), ("owner", text($0.owner)), ("group", text($0.group))]
              + ($0.isFolder ? [("folder", true)] : []))
        }
      ),
      ("folders", facts(folders, list)), ("configurations", facts(configurations) { $0 }),
      ("kubelet", fact(kubelet) { $0 }),
      (
        "certificates",
        facts(certificates) {
          DocumentNode.object([
            ("commonName", text($0.commonName)), ("organizations", list($0.organizations)), ("issuer", text($0.issuer)),
            ("notBefore", text($0.notBefore)), ("notAfter", text($0.notAfter)), ("fingerprint", text($0.fingerprint)),
          ])
        }
      ),
      ("kernel", facts(kernel, text)), ("runtime", fact(runtime, text)),
    ]
    return DocumentNode.object(fields)
  }

  /// - Throws: `DocumentError` for what is no record of a node. A fact that is not written as one counts as not read.
  package init(_ root: DocumentNode) throws(DocumentError) {
    if root["kind"]?.string == Self.kind, let version = root["apiVersion"]?.string, version != "bartizan.dev/v1",
      version.hasPrefix("bartizan.dev/")
    {
      throw DocumentError(
        .syntax, "a record of \(version), made by another release; this one reads bartizan.dev/v1",
        line: Int(root.line),
        column: Int(root.column))
    }
    guard root["kind"]?.string == Self.kind, root["apiVersion"]?.string == "bartizan.dev/v1",
      let name = root["name"]?.string, !name.isEmpty
    else {
      throw DocumentError(
        .syntax, "no record of a node: make one with `bartizan node collect`", line: Int(root.line),
        column: Int(root.column))
    }
    func fact<T>(_ node: DocumentNode?, _ value: (DocumentNode) -> T?) -> NodeFact<T> {
      guard let node else { return .unread(.notCollected, nil) }
      let source = node["from"]?.string.flatMap(NodeSource.init)
      if let reason = node["unread"]?.string { return .unread(UnreadReason(rawValue: reason) ?? .failed, source) }
      guard let source else { return .unread(.malformed, nil) }
      if node["absent"]?.bool == true { return .absent(source) }
      guard let found = node["value"].flatMap(value) else { return .unread(.malformed, source) }
      return .read(found, source)
    }
    func facts<T>(_ key: String, _ value: (DocumentNode) -> T?) -> [String: NodeFact<T>] {
      Dictionary(
        (root[key]?.entries ?? []).map { ($0.key, fact($0.value, value)) }, uniquingKeysWith: { first, _ in first })
    }
    func list(_ node: DocumentNode) -> [String]? { node.array.map { $0.compactMap(\.text) } }
    self.init(
      name: name, distribution: root["distribution"]?.string.flatMap(NodeDistribution.init) ?? .unknown,
      version: root["version"]?.string)
    collected = root["collected"]?.string
    for entry in root["components"]?.entries ?? [] {
      guard let component = NodeComponent(rawValue: entry.key) else { continue }
      components[component] = entry.value.elements.map { fact($0) { list($0).map(ComponentArguments.init) } }
    }
    files = facts("files") { node in
      guard let mode = node["mode"]?.text.flatMap({ Int($0, radix: 8) }), (0...0o7777).contains(mode),
        let owner = node["owner"]?.text, let group = node["group"]?.text
      else { return nil }
      return FileStatus(mode: mode, owner: owner, group: group, isFolder: node["folder"]?.bool ?? false)
    }
    folders = facts("folders", list)
    configurations = facts("configurations") { $0 }
    kubelet = fact(root["kubelet"]) { $0 }
    certificates = facts("certificates") { node in
      guard let end = node["notAfter"]?.string, let fingerprint = node["fingerprint"]?.string else { return nil }
      return CertificateSummary(
        commonName: node["commonName"]?.string ?? "", organizations: node["organizations"]?.strings ?? [],
        issuer: node["issuer"]?.string ?? "", notBefore: node["notBefore"]?.string ?? "", notAfter: end,
        fingerprint: fingerprint)
    }
    kernel = facts("kernel", \.text)
    runtime = fact(root["runtime"], \.text)
  }
}
