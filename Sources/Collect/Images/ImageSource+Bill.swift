import Findings
package import Images

extension ImageSource.Contents {
  /// The bill of materials of what was found.
  ///
  /// - Parameters:
  ///   - name: as the user named it; its last part is the subject's name.
  ///   - created: RFC 3339; nil for the epoch.
  package func bill(named name: String, created: String?, toolVersion: String) -> BillOfMaterials {
    BillOfMaterials(
      subject: name.split(separator: "/").last.map(String.init) ?? name, identity: identity, system: system,
      packages: packages, layers: layerDigests,
      isPartial: problems.contains(where: \.hidesInput) || !unresolved.isEmpty, created: created,
      toolVersion: toolVersion)
  }
}
