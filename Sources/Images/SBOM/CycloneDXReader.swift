import Bytes

/// CycloneDX 1.0 to 1.7. Source: ECMA-424 and the specifications before it, in JSON.
enum CycloneDXReader {
  /// Components within components, as far as they are followed.
  private static let maximumDepth = 32

  static func read(_ document: DocumentNode) -> SBOMContent {
    var content = SBOMContent()
    let about = document[path: "metadata", "component"]
    if let about { content.subject = subject(about) }
    if let serial = document["serialNumber"]?.string { content.subject.add(serial: serial) }
    func walk(_ list: DocumentNode?, _ depth: Int) {
      guard depth < maximumDepth else {
        if list != nil {
          content.problems.append("components: nested deeper than \(maximumDepth); the rest was not read")
        }
        return
      }
      for item in list?.elements ?? [] {
        content.components.append(component(item, &content.namesSources))
        walk(item["components"], depth + 1)
      }
    }
    walk(document["components"], 0)
    walk(about?["components"], 0)
    content.isPartial = isPartial(document["compositions"]?.elements ?? [], subject: about?["bom-ref"]?.string)
    return content
  }

  /// Whether the document says that it does not name all that its subject consists of.
  ///
  /// Source: ECMA-424, "compositions": `incomplete` and its kinds, of the parts of what `assemblies` names.
  private static func isPartial(_ compositions: [DocumentNode], subject: String?) -> Bool {
    compositions.contains { item in
      guard item["aggregate"]?.string?.hasPrefix("incomplete") == true else { return false }
      let assemblies = item["assemblies"]?.strings ?? []
      if assemblies.isEmpty { return (item["dependencies"]?.strings ?? []).isEmpty }
      return subject.map { assemblies.contains($0) } ?? false
    }
  }

  private static func component(_ item: DocumentNode, _ namesSources: inout Bool) -> SBOMComponent {
    var component = SBOMComponent()
    component.reference = item["bom-ref"]?.string ?? ""
    component.name = item["name"]?.string ?? ""
    component.version = item["version"]?.text
    component.isOperatingSystem = item["type"]?.string == "operating-system"
    if component.isOperatingSystem { component.title = item["description"]?.string ?? "" }
    component.purl = item["purl"]?.string.flatMap { try? PackageURL($0) }
    component.supplier =
      item[path: "supplier", "name"]?.string ?? item["publisher"]?.string ?? item["author"]?.string
    component.licenses = (item["licenses"]?.elements ?? []).compactMap { entry in
      entry["expression"]?.string ?? entry[path: "license", "id"]?.string ?? entry[path: "license", "name"]?.string
    }
    component.isNoPackage = isNoPackage(item)
    if let place = item[path: "evidence", "occurrences"]?.elements.first?["location"]?.string {
      component.path = SBOMComponent.place(place)
    }
    var trivy = SBOMComponent.TrivySource()
    for property in item["properties"]?.elements ?? [] {
      guard let name = property["name"]?.string else { continue }
      if name.hasPrefix("bartizan:") || name.hasPrefix("syft:") { namesSources = true }
      component.take(property: name, property["value"]?.string ?? "", &trivy)
    }
    if let whole = trivy.whole { component.sourceVersion = whole }
    return component
  }

  /// Types of components that are no software of a version; and the lists of packages that Trivy has as applications.
  ///
  /// Source: ECMA-424, "component", "type"; Trivy's documentation of SBOMs.
  private static func isNoPackage(_ item: DocumentNode) -> Bool {
    let type = item["type"]?.string ?? ""
    if ["file", "data", "container", "device", "platform", "cryptographic-asset", "machine-learning-model"].contains(
      type)
    {
      return true
    }
    return type == "application" && item["version"] == nil
      && (item["properties"]?.elements ?? []).contains { $0["name"]?.string?.hasPrefix("aquasecurity:trivy:") == true }
  }

  /// What the document is about.
  static func subject(_ item: DocumentNode) -> ImageIdentity {
    var identity = ImageIdentity()
    if let purl = item["purl"]?.string { identity.add(purl: purl) }
    if let name = item["name"]?.string {
      identity.add(name: name)
      if let version = item["version"]?.string {
        identity.add(name: version.hasPrefix("sha256:") ? "\(name)@\(version)" : "\(name):\(version)")
      }
    }
    for property in item["properties"]?.elements ?? [] {
      guard let value = property["value"]?.string else { continue }
      identity.take(property: property["name"]?.string ?? "", value)
    }
    for hash in item["hashes"]?.elements ?? [] where hash["alg"]?.string == "SHA-256" {
      if let text = hash["content"]?.string { identity.add(digest: "sha256:" + text.lowercased()) }
    }
    return identity
  }
}
