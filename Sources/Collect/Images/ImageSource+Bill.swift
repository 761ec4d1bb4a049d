import Findings
package import Images

extension ImageSource.Contents {
  /// The bill of materials of what was found.
  ///
  /// - Parameters:
  ///   - name: as the user named it; its last part is the subject's name.
  ///   - created: RFC 3339; nil for the epoch.
  ///   - subject: what it is to be called, and its version; nil for what is known of it.
  package func bill(
    named name: String, created: String?, toolVersion: String, subject: (name: String?, version: String?) = (nil, nil)
  ) -> BillOfMaterials {
    var identity = identity
    if let own = subject.name, identity.purls.isEmpty,
      let purl = try? PackageURL(
        type: "generic", namespace: nil, name: own, version: subject.version, qualifiers: [:])
    {
      identity.add(purl: purl.text)
    }
    return BillOfMaterials(
      subject: name.split(separator: "/").last.map(String.init) ?? name, identity: identity, system: system,
      packages: packages, layers: layerDigests,
      isPartial: problems.contains(where: \.hidesInput) || !unresolved.isEmpty, created: created,
      toolVersion: toolVersion, name: subject.name, version: subject.version)
  }
}
