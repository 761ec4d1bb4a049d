package import Bytes

/// What is wrong with a CycloneDX document, by the rules of its format.
///
/// Source: CycloneDX 1.4 to 1.7 (ECMA-424), JSON.
package enum CycloneDXRules {
  /// A line each, with the place; the first hundred.
  package static func problems(_ document: DocumentNode) -> [String] {
    var walk = Walk()
    walk.document(document)
    return Array(walk.problems.prefix(100))
  }

  private static let types: Set<String> = [
    "application", "framework", "library", "container", "platform", "operating-system", "device", "device-driver",
    "firmware", "file", "machine-learning-model", "data", "cryptographic-asset",
  ]
  private static let algorithms: Set<String> = [
    "MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512", "BLAKE2b-256", "BLAKE2b-384",
    "BLAKE2b-512", "BLAKE3", "Streebog-256", "Streebog-512",
  ]
  /// Of sums, in hexadecimal digits.
  private static let lengths: Set<Int> = [32, 40, 64, 96, 128]

  private struct Walk {
    var problems: [String] = []
    private var references = Set<String>()
    private var requiresNames = false
    private static let maximumDepth = 64

    mutating func document(_ root: DocumentNode) {
      if root["bomFormat"]?.string != "CycloneDX" { problems.append("bomFormat: not \"CycloneDX\"") }
      let version = root["specVersion"]?.string ?? ""
      if !["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"].contains(version) {
        problems.append("specVersion: \"\(version.prefix(20))\" is no version of the format in JSON")
      }
      requiresNames = version == "1.6" || version == "1.7"
      if let serial = root["serialNumber"]?.string, !Self.isSerial(serial) {
        problems.append("serialNumber: not urn:uuid: and a UUID")
      }
      if let time = root[path: "metadata", "timestamp"]?.string, !Self.isMoment(time) {
        problems.append("metadata.timestamp: not a moment as RFC 3339 writes it")
      }
      for (index, item) in (root["dependencies"]?.elements ?? []).enumerated() {
        if (item["ref"]?.string ?? "").isEmpty { problems.append("dependencies[\(index)].ref: missing or empty") }
      }
      visit(root, "", depth: 0)
    }

    /// Rules hold wherever their words stand.
    private mutating func visit(_ node: DocumentNode, _ path: String, depth: Int) {
      guard depth < Self.maximumDepth, problems.count < 100 else { return }
      for entry in node.entries {
        let place = path.isEmpty ? entry.key : path + "." + entry.key
        switch entry.key {
        case "components", "ancestors", "descendants", "variants":
          for (index, item) in entry.value.elements.enumerated() { component(item, "\(place)[\(index)]") }
        case "component" where entry.value["type"] != nil || path == "metadata": component(entry.value, place)
        case "services":
          for (index, item) in entry.value.elements.enumerated() { service(item, "\(place)[\(index)]") }
        case "hashes":
          for (index, item) in entry.value.elements.enumerated() { hash(item, "\(place)[\(index)]") }
        case "licenses": licenses(entry.value, place)
        case "properties":
          for (index, item) in entry.value.elements.enumerated() { property(item, "\(place)[\(index)]") }
        case "patches":
          for (index, item) in entry.value.elements.enumerated() {
            one(item["type"], of: ["unofficial", "monkey", "backport", "cherry-pick"], "\(place)[\(index)].type")
          }
        case "resolves":
          for (index, item) in entry.value.elements.enumerated() {
            one(item["type"], of: ["defect", "enhancement", "security"], "\(place)[\(index)].type")
          }
        default: break
        }
        visit(entry.value, place, depth: depth + 1)
      }
      for (index, item) in node.elements.enumerated() { visit(item, "\(path)[\(index)]", depth: depth + 1) }
    }

    private mutating func one(_ node: DocumentNode?, of words: Set<String>, _ place: String, isRequired: Bool = true) {
      guard let text = node?.string else {
        if isRequired { problems.append("\(place): missing") }
        return
      }
      if !words.contains(text) { problems.append("\(place): \"\(text.prefix(40))\" is none of the words for it") }
    }

    private mutating func component(_ item: DocumentNode, _ place: String) {
      one(item["type"], of: CycloneDXRules.types, place + ".type")
      if (item["name"]?.string ?? "").isEmpty { problems.append("\(place).name: missing or empty") }
      one(item["scope"], of: ["required", "optional", "excluded"], place + ".scope", isRequired: false)
      if let reference = item["bom-ref"]?.string {
        if reference.isEmpty {
          problems.append("\(place).bom-ref: empty")
        } else if !references.insert(reference).inserted {
          problems.append("\(place).bom-ref: \"\(reference.prefix(80))\" stands there twice")
        }
      }
      if let swid = item["swid"] {
        for key in ["tagId", "name"] where swid[key] == nil { problems.append("\(place).swid.\(key): missing") }
      }
    }

    private mutating func service(_ item: DocumentNode, _ place: String) {
      if (item["name"]?.string ?? "").isEmpty { problems.append("\(place).name: missing or empty") }
      for (index, data) in (item["data"]?.elements ?? []).enumerated() {
        one(
          data["flow"], of: ["inbound", "outbound", "bi-directional", "unknown"], "\(place).data[\(index)].flow")
      }
    }

    private mutating func hash(_ item: DocumentNode, _ place: String) {
      one(item["alg"], of: CycloneDXRules.algorithms, place + ".alg")
      let content = item["content"]?.string ?? ""
      if !CycloneDXRules.lengths.contains(content.utf8.count) || !content.allSatisfy(\.isHexDigit) {
        problems.append("\(place).content: no sum in hexadecimal digits")
      }
    }

    private mutating func licenses(_ list: DocumentNode, _ place: String) {
      // In evidence of a component there is a folder of texts by the same name, which is no list.
      let items = list.elements
      if items.count > 1, items.contains(where: { $0["expression"] != nil }) {
        problems.append("\(place): an expression stands alone, without other licences")
      }
      for (index, item) in items.enumerated() {
        let own = "\(place)[\(index)]"
        guard let license = item["license"] else {
          if item["expression"] == nil { problems.append("\(own): neither license nor expression") }
          continue
        }
        if item["expression"] != nil { problems.append("\(own): license and expression at once") }
        switch (license["id"]?.string, license["name"]) {
        case (nil, nil): problems.append("\(own).license: neither id nor name")
        case (.some, .some): problems.append("\(own).license: id and name at once")
        case (let id?, nil) where !LicenseIdentifiers.all.contains(id):
          problems.append("\(own).license.id: \"\(id.prefix(40))\" is no identifier of SPDX")
        default: break
        }
        one(license[path: "text", "encoding"], of: ["base64"], own + ".license.text.encoding", isRequired: false)
      }
    }

    private mutating func property(_ item: DocumentNode, _ place: String) {
      guard requiresNames else { return }
      if item["name"]?.string == nil { problems.append("\(place).name: missing") }
      for entry in item.entries where entry.key != "name" && entry.key != "value" {
        problems.append("\(place).\(entry.key.prefix(40)): not a word of a property")
      }
    }

    private static func isSerial(_ text: String) -> Bool {
      let groups = text.dropFirst("urn:uuid:".count).split(separator: "-", omittingEmptySubsequences: false)
      return text.hasPrefix("urn:uuid:") && groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
        && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    /// `2026-11-27T18:00:00.123+01:00`
    private static func isMoment(_ text: String) -> Bool {
      let bytes = Array(text.utf8)
      guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54 || bytes[10] == 0x74,
        bytes[13] == 0x3A, bytes[16] == 0x3A
      else { return false }
      func number(_ range: Range<Int>) -> Int? { Int(String(decoding: bytes[range], as: UTF8.self)) }
      guard number(0..<4) != nil, let month = number(5..<7), (1...12).contains(month), let day = number(8..<10),
        (1...31).contains(day), let hour = number(11..<13), (0...23).contains(hour), let minute = number(14..<16),
        (0...59).contains(minute), let second = number(17..<19), (0...60).contains(second)
      else { return false }
      var rest = bytes[19...]
      if rest.first == 0x2E { rest = rest.dropFirst().drop { (0x30...0x39).contains($0) } }
      if rest.count == 1 { return rest.first == 0x5A || rest.first == 0x7A }
      return rest.count == 6 && (rest.first == 0x2B || rest.first == 0x2D)
    }
  }
}
