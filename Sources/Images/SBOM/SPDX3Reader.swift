import Bytes

/// SPDX 3.0 in its JSON: a graph of elements that name each other. Source: spdx.github.io/spdx-spec/v3.0.1, annex "Serialization".
enum SPDX3Reader {
  static func isDocument(_ document: DocumentNode) -> Bool {
    let contexts = document["@context"].map { $0.string.map { [$0] } ?? $0.strings } ?? []
    return contexts.contains { $0.hasPrefix("https://spdx.org/rdf/3.") }
  }

  static func read(_ document: DocumentNode) -> SBOMContent {
    var content = SBOMContent()
    let elements = document["@graph"]?.elements ?? [document]
    var names: [String: String] = [:]
    var texts: [String: String] = [:]
    var roots = Set<String>()
    for item in elements {
      let id = identifier(item)
      if let name = item["name"]?.string { names[id] = name }
      if let text = item["simplelicensing_licenseText"]?.string { texts[id] = text }
      roots.formUnion(ids(item["rootElement"]))
      if item["type"]?.string == "Tool", let name = item["name"]?.string?.lowercased() {
        if name.hasPrefix("syft") || name.hasPrefix("bartizan") { content.namesSources = true }
      }
    }
    var licenses: [String: [String]] = [:]
    for item in elements {
      guard let text = item["simplelicensing_licenseExpression"]?.string else { continue }
      // One that is no licence of SPDX's list stands in words beside it.
      let words = (item["simplelicensing_customIdToUri"]?.elements ?? []).compactMap { entry in
        entry["key"]?.string == text ? entry["value"]?.string.flatMap { texts[$0] } : nil
      }
      licenses[identifier(item)] = words.isEmpty ? [text] : words
    }
    var places: [String: Int] = [:]
    for item in elements where item["type"]?.string == "software_Package" {
      let own = component(item, names)
      places[own.reference] = content.components.count
      content.components.append(own)
    }
    // What a root that is no package lists is what it is about.
    for item in elements where roots.contains(identifier(item)) && item["type"]?.string != "software_Package" {
      roots.formUnion(ids(item["rootElement"]))
    }
    for item in elements where item["type"]?.string?.hasSuffix("Relationship") == true {
      guard let from = item["from"]?.string, let place = places[from] else { continue }
      switch item["relationshipType"]?.string {
      case "hasDeclaredLicense": content.components[place].licenses += ids(item["to"]).flatMap { licenses[$0] ?? [] }
      case "contains":
        if roots.contains(from) {
          if item["completeness"]?.string == "incomplete" { content.isPartial = true }
        } else if content.namesSources {
          // Of ours a package that brought another contains it.
          for child in ids(item["to"]).compactMap({ places[$0] }) { content.components[child].ownerReference = from }
        }
      default: break
      }
    }
    content.takeSubject(roots)
    return content
  }

  private static func component(_ item: DocumentNode, _ names: [String: String]) -> SBOMComponent {
    var component = SBOMComponent()
    component.reference = identifier(item)
    component.name = item["name"]?.string ?? ""
    component.version = item["software_packageVersion"]?.text
    let external = (item["externalIdentifier"]?.elements ?? []).filter { entry in
      ["packageUrl", "purl"].contains(entry["externalIdentifierType"]?.string ?? "")
    }.compactMap { $0["identifier"]?.string }
    component.purl =
      ([item["software_packageUrl"]?.string].compactMap { $0 } + external).lazy.compactMap {
        try? PackageURL($0)
      }.first
    component.isOperatingSystem = item["software_primaryPurpose"]?.string == "operatingSystem"
    component.isNoPackage = ["file", "container", "device", "data", "archive", "diskImage", "filesystemImage"].contains(
      item["software_primaryPurpose"]?.string ?? "")
    if component.isOperatingSystem { component.title = item["summary"]?.string ?? "" }
    component.supplier = item["suppliedBy"]?.string.flatMap { names[$0] }
    component.take(source: item["software_sourceInfo"]?.string, comment: item["comment"]?.string)
    for sum in item["verifiedUsing"]?.elements ?? [] where sum["algorithm"]?.string == "sha256" {
      if let hex = sum["hashValue"]?.string { component.identity.add(digest: "sha256:" + hex.lowercased()) }
    }
    return component
  }

  private static func identifier(_ item: DocumentNode) -> String {
    item["spdxId"]?.string ?? item["@id"]?.string ?? ""
  }

  private static func ids(_ node: DocumentNode?) -> [String] {
    guard let node else { return [] }
    return node.string.map { [$0] } ?? node.strings
  }
}
