import Bytes

/// Syft's own format. Source: its schema/json, versions 1 to 16.
enum SyftReader {
  static func isDocument(_ document: DocumentNode) -> Bool {
    document["artifacts"]?.array != nil && document[path: "descriptor", "name"]?.string == "syft"
      || document[path: "schema", "url"]?.string?.contains("anchore/syft") == true
  }

  static func read(_ document: DocumentNode) -> SBOMContent {
    var content = SBOMContent()
    content.namesSources = true
    for item in document["artifacts"]?.elements ?? [] {
      var component = SBOMComponent()
      component.reference = item["id"]?.string ?? ""
      component.name = item["name"]?.string ?? ""
      component.version = item["version"]?.text
      component.purl = item["purl"]?.string.flatMap { try? PackageURL($0) }
      component.path = item["locations"]?.elements.first?["path"]?.string.map(SBOMComponent.place)
      component.licenses = (item["licenses"]?.elements ?? []).compactMap { entry in
        entry.string ?? (entry["spdxExpression"]?.string).flatMap { $0.isEmpty ? nil : $0 } ?? entry["value"]?.string
      }
      let own = item["metadata"]
      var trivy = SBOMComponent.TrivySource()
      for (key, name) in [
        ("source", "source"), ("sourceVersion", "sourceVersion"), ("originPackage", "originPackage"),
        ("sourceRpm", "sourceRpm"), ("modularityLabel", "modularityLabel"), ("architecture", "architecture"),
      ] { if let value = own?[key]?.string { component.take(property: "syft:metadata:" + name, value, &trivy) } }
      component.supplier = own?["maintainer"]?.string ?? own?["vendor"]?.string
      content.components.append(component)
    }
    if let distro = document["distro"], let id = distro["id"]?.string ?? distro["name"]?.string, !id.isEmpty {
      var system = SBOMComponent()
      system.isOperatingSystem = true
      system.name = id
      system.version = distro["versionID"]?.text ?? distro["version"]?.text
      content.components.append(system)
    }
    let places = Dictionary(
      content.components.indices.map { (content.components[$0].reference, $0) }, uniquingKeysWith: { first, _ in first }
    )
    for item in document["artifactRelationships"]?.elements ?? []
    where item["type"]?.string == "ownership-by-file-overlap" {
      if let parent = item["parent"]?.string, let child = item["child"]?.string, let place = places[child] {
        content.components[place].ownerReference = parent
      }
    }
    if let source = document["source"] {
      let about = source["metadata"] ?? source["target"]
      for key in ["name", "userInput"] {
        if let name = (about?[key] ?? source[key])?.string { content.subject.add(name: name) }
      }
      for key in ["manifestDigest", "imageID"] { if let sum = about?[key]?.string { content.subject.add(digest: sum) } }
      for name in (about?["tags"]?.strings ?? []) + (about?["repoDigests"]?.strings ?? []) {
        content.subject.add(name: name)
      }
    }
    return content
  }
}
