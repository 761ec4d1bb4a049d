import Bytes

/// Statements in CycloneDX: vulnerabilities with an analysis.
///
/// Source: CycloneDX 1.6, `vulnerabilities[]`; the justification of `not_affected` "should" be there, so that a statement without one
/// counts. `affects[].versions[]` bounds it: of a version that has no status the analysis holds, as in the examples that the
/// project publishes for CISA's use cases.
enum CycloneDXVEX {
  private static let states: Set<String> = [
    "resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected",
  ]
  private static let open: Set<String> = ["exploitable", "in_triage"]
  private static let maximumDepth = 32

  static func read(_ document: DocumentNode, _ reading: inout VEX.Reading) {
    var components: [String: VEXComponent] = [:]
    func walk(_ list: DocumentNode?, _ depth: Int) {
      for item in list?.elements ?? [] where depth < maximumDepth {
        if let reference = item["bom-ref"]?.string { components[reference] = component(item) }
        walk(item["components"], depth + 1)
      }
    }
    walk(document["components"], 0)
    // A document about something speaks of the parts of that.
    let about = document[path: "metadata", "component"]
    walk(about?["components"], 0)
    var subject = about.map { CycloneDXReader.subject($0) }
    let serial = document["serialNumber"]?.string
    if let serial { subject?.add(serial: serial) }
    let own = about?["purl"]?.string.flatMap { try? PackageURL($0) }
    let time = document[path: "metadata", "timestamp"]?.string

    for (index, item) in (document["vulnerabilities"]?.elements ?? []).enumerated() {
      guard let state = item[path: "analysis", "state"]?.string else { continue }
      reading.count += 1
      let names =
        [item["id"]?.string].compactMap { $0 } + (item["references"]?.elements ?? []).compactMap { $0["id"]?.string }
      var targets: [VEX.Target] = []
      for affected in item["affects"]?.elements ?? [] {
        guard let reference = affected["ref"]?.string else { continue }
        let versions = versions(affected["versions"], clears: !open.contains(state))
        let link = link(reference)
        let name = link?.part ?? reference
        let isElsewhere = link.map { link in !(serial.map { ImageIdentity.isSame($0, link.serial) } ?? false) } ?? false
        var product = subject.map { VEX.Target.Product.document($0, nil) }
        // A link into another bill of materials speaks of what that is about.
        if let link, isElsewhere {
          product = .serial(link.serial)
        } else if name == about?["bom-ref"]?.string
          || own.map({ $0.text == components[name]?.purls.first?.text || $0.text == name }) ?? false
        {
          // All that the document is about.
          targets.append(whole(own, subject, versions))
          continue
        }
        var part = isElsewhere ? VEXComponent() : components[name] ?? VEXComponent()
        if part.isEmpty, let purl = try? PackageURL(name) { part = VEXComponent(purl: purl) }
        guard !part.purls.isEmpty || !part.cpes.isEmpty else {
          reading.note(index + 1, names, .unidentified(reference))
          continue
        }
        if let versions { part.versions = versions }
        targets.append(VEX.Target(product: product, part: part))
      }
      let justification = item[path: "analysis", "justification"]?.string
      let detail = item[path: "analysis", "detail"]?.string
      // What it names was told of.
      if targets.isEmpty, !(item["affects"]?.elements ?? []).isEmpty { continue }
      reading.add(
        index + 1, names, state, justification ?? detail ?? "", targets,
        (item["updated"]?.string ?? time).flatMap { Timestamp($0) },
        obstacle: states.contains(state) ? nil : .unknownStatus(state))
    }
  }

  /// A statement about all that the document is about.
  ///
  /// - Parameter own: the package URL of that.
  private static func whole(
    _ own: PackageURL?, _ subject: ImageIdentity?, _ versions: [VEXComponent.Version]?
  ) -> VEX.Target {
    guard let own else { return VEX.Target(product: subject.map { .document($0, versions) }, part: nil) }
    var component = VEXComponent(purl: own)
    component.versions = versions
    if component.mayBeImage { component.digests = subject?.digests ?? [] }
    return VEX.Target(product: .component(component), part: nil)
  }

  private static func component(_ item: DocumentNode) -> VEXComponent {
    var component = VEXComponent()
    for key in ["purl", "cpe"] { if let text = item[key]?.string { component.add(name: text) } }
    if let version = item["version"]?.text, !version.isEmpty, !component.purls.isEmpty,
      component.purls.allSatisfy({ $0.version == nil })
    {
      component.versions = [VEXComponent.Version(version: version)]
    }
    return component
  }

  /// Nil where all are meant.
  ///
  /// - Parameter clears: whether the analysis is that nothing need be done.
  private static func versions(_ list: DocumentNode?, clears: Bool) -> [VEXComponent.Version]? {
    guard let list, !list.elements.isEmpty else { return nil }
    return list.elements.compactMap { item in
      let isMeant = item["status"]?.string.map { ($0 == "unaffected") == clears } ?? true
      if let range = item["range"]?.string { return VEXComponent.Version(range: range, isMeant: isMeant) }
      return item["version"]?.text.map { VEXComponent.Version(version: $0, isMeant: isMeant) }
    }
  }

  /// The serial number and the reference of `urn:cdx:SERIAL/VERSION#REFERENCE`; nil for what is no such link.
  ///
  /// Source: CycloneDX, "BOM-Link".
  private static func link(_ text: String) -> (serial: String, part: String)? {
    guard text.hasPrefix("urn:cdx:"), let hash = text.firstIndex(of: "#") else { return nil }
    let serial = text[..<hash].dropFirst(8).prefix { $0 != "/" }
    return (String(serial), PercentEncoding.decodeLeniently(text[text.index(after: hash)...]))
  }
}
