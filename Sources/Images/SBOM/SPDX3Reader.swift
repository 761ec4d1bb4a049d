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
    var licenses: [String: String] = [:]
    var roots = Set<String>()
    for item in elements {
      let id = identifier(item)
      if let name = item["name"]?.string { names[id] = name }
      if let text = item["simplelicensing_licenseExpression"]?.string { licenses[id] = text }
      roots.formUnion(ids(item["rootElement"]))
      if item["type"]?.string == "Tool", let name = item["name"]?.string?.lowercased() {
        if name.hasPrefix("syft") || name.hasPrefix("bartizan") { content.namesSources = true }
      }
    }
    var places: [String: Int] = [:]
    for item in elements where item["type"]?.string == "software_Package" {
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
      component.supplier = item["suppliedBy"]?.string.flatMap { names[$0] }
      places[component.reference] = content.components.count
      content.components.append(component)
    }
    for item in elements where item["type"]?.string?.hasSuffix("Relationship") == true {
      let kind = item["relationshipType"]?.string
      guard let from = item["from"]?.string, let place = places[from], kind == "hasDeclaredLicense" else { continue }
      content.components[place].licenses += ids(item["to"]).compactMap { licenses[$0] }
    }
    // What a root that is no package lists is what it is about.
    for item in elements where roots.contains(identifier(item)) && item["type"]?.string != "software_Package" {
      roots.formUnion(ids(item["rootElement"]))
    }
    for component in content.components where roots.contains(component.reference) {
      if let purl = component.purl { content.subject.add(purl: purl.text) }
      content.subject.add(name: component.name)
    }
    content.components.removeAll { roots.contains($0.reference) && ($0.purl.map { $0.type == "oci" } ?? true) }
    return content
  }

  private static func identifier(_ item: DocumentNode) -> String {
    item["spdxId"]?.string ?? item["@id"]?.string ?? ""
  }

  private static func ids(_ node: DocumentNode?) -> [String] {
    guard let node else { return [] }
    return node.string.map { [$0] } ?? node.strings
  }
}
