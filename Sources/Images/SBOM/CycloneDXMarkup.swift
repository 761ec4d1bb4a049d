import Bytes

/// CycloneDX in XML, as the same document in JSON. Source: the schemas bom-1.0.xsd to bom-1.7.xsd beside those of JSON.
enum CycloneDXMarkup {
  /// - Returns: nil for what is no such document.
  static func document(_ bytes: [UInt8]) -> DocumentNode? {
    guard let root = try? XMLReader.read(bytes), root.name == "bom" else { return nil }
    let space = root.attributes.first { $0.key.hasPrefix("xmlns") && $0.value.contains("cyclonedx.org/schema/bom/") }
    guard let version = space?.value.split(separator: "/").last else { return nil }
    var entries: [(String, DocumentNode)] = [
      ("bomFormat", text("CycloneDX")), ("specVersion", text(String(version))),
    ]
    if let serial = root.attributes["serialNumber"] { entries.append(("serialNumber", text(serial))) }
    if let metadata = root["metadata"] {
      var own: [(String, DocumentNode)] = []
      if let time = metadata["timestamp"] { own.append(("timestamp", text(time.text))) }
      if let about = metadata["component"] { own.append(("component", component(about))) }
      entries.append(("metadata", DocumentNode.object(own)))
    }
    if let list = root["components"] { entries.append(("components", components(list))) }
    if let list = root["compositions"] {
      entries.append(("compositions", array(list.all("composition").map(composition))))
    }
    if let list = root["vulnerabilities"] {
      entries.append(("vulnerabilities", array(list.children.map(vulnerability))))
    }
    return DocumentNode.object(entries)
  }

  private static func composition(_ item: XMLElement) -> DocumentNode {
    var entries: [(String, DocumentNode)] = []
    if let aggregate = item["aggregate"] { entries.append(("aggregate", text(aggregate.text))) }
    for (key, one) in [("assemblies", "assembly"), ("dependencies", "dependency")] {
      guard let list = item[key] else { continue }
      entries.append((key, array(list.all(one).map { text($0.attributes["ref"] ?? "") })))
    }
    return DocumentNode.object(entries)
  }

  private static func components(_ list: XMLElement) -> DocumentNode { array(list.all("component").map(component)) }

  private static func component(_ item: XMLElement) -> DocumentNode {
    var entries: [(String, DocumentNode)] = []
    for (attribute, key) in [("type", "type"), ("bom-ref", "bom-ref")] {
      if let value = item.attributes[attribute] { entries.append((key, text(value))) }
    }
    for key in ["author", "publisher", "group", "name", "version", "description", "scope", "purl", "cpe"] {
      if let own = item[key], !own.text.isEmpty { entries.append((key, text(own.text))) }
    }
    if let name = item["supplier"]?["name"] {
      entries.append(("supplier", DocumentNode.object([("name", text(name.text))])))
    }
    if let hashes = item["hashes"] {
      let list = hashes.all("hash").map { hash in
        DocumentNode.object([("alg", text(hash.attributes["alg"] ?? "")), ("content", text(hash.text))])
      }
      entries.append(("hashes", array(list)))
    }
    if let licenses = item["licenses"] {
      let list = licenses.children.map { own -> DocumentNode in
        guard own.name == "license" else { return DocumentNode.object([("expression", text(own.text))]) }
        let words = ["id", "name"].compactMap { key in own[key].map { (key, text($0.text)) } }
        return DocumentNode.object([("license", DocumentNode.object(words))])
      }
      entries.append(("licenses", array(list)))
    }
    if let places = item["evidence"]?["occurrences"] {
      let list = places.all("occurrence").map { DocumentNode.object([("location", text($0["location"]?.text ?? ""))]) }
      entries.append(("evidence", DocumentNode.object([("occurrences", array(list))])))
    }
    if let properties = item["properties"] {
      let list = properties.all("property").map { property in
        DocumentNode.object([("name", text(property.attributes["name"] ?? "")), ("value", text(property.text))])
      }
      entries.append(("properties", array(list)))
    }
    if let list = item["components"] { entries.append(("components", components(list))) }
    return DocumentNode.object(entries)
  }

  private static func vulnerability(_ item: XMLElement) -> DocumentNode {
    var entries: [(String, DocumentNode)] = []
    for key in ["id", "updated"] { if let own = item[key] { entries.append((key, text(own.text))) } }
    if let references = item["references"] {
      entries.append(
        (
          "references",
          array(references.all("reference").map { DocumentNode.object([("id", text($0["id"]?.text ?? ""))]) })
        ))
    }
    if let analysis = item["analysis"] {
      let words = ["state", "justification", "detail"].compactMap { key in analysis[key].map { (key, text($0.text)) } }
      entries.append(("analysis", DocumentNode.object(words)))
    }
    if let affects = item["affects"] {
      entries.append(("affects", array(affects.all("target").map(target))))
    }
    return DocumentNode.object(entries)
  }

  private static func target(_ item: XMLElement) -> DocumentNode {
    var entries = [("ref", text(item["ref"]?.text ?? ""))]
    if let list = item["versions"] {
      let versions = list.all("version").map { version in
        DocumentNode.object(
          ["version", "range", "status"].compactMap { key in version[key].map { (key, text($0.text)) } })
      }
      entries.append(("versions", array(versions)))
    }
    return DocumentNode.object(entries)
  }

  private static func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }
  private static func array(_ items: [DocumentNode]) -> DocumentNode { DocumentNode(.array(items)) }
}
