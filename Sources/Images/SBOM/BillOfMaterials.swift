import Bytes

/// The packages of one image or project, to be written as an SBOM. The same packages give the same bytes.
package struct BillOfMaterials: Sendable {
  package let subject: String
  package let system: OperatingSystem?
  package let packages: [SoftwarePackage]
  /// RFC 3339; an SBOM is as old as what it describes, so that it can be made again.
  package let created: String
  package let toolVersion: String

  /// - Parameter created: of the image; the epoch where that is not known.
  package init(
    subject: String, system: OperatingSystem?, packages: [SoftwarePackage], created: String?, toolVersion: String
  ) {
    self.subject = subject
    self.system = system
    var seen = Set<SoftwarePackage>()
    self.packages = packages.filter { seen.insert($0).inserted }.sorted(by: SoftwarePackage.precedes)
    self.created = created ?? "1970-01-01T00:00:00Z"
    self.toolVersion = toolVersion
  }

  /// A number for each package that stays the same as long as the package does.
  func reference(_ package: SoftwarePackage) -> String {
    "\(package.purl?.text ?? "\(package.ecosystem.text)/\(package.name)@\(package.version)")#\(Self.hash(package.path))"
  }

  /// FNV-1a, 64 bits, as sixteen hexadecimal digits. Source: draft-eastlake-fnv.
  static func hash(_ text: String) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return Hex.text(value)
  }

  var digest: String {
    Self.hash(subject + created + packages.map { reference($0) }.joined(separator: "\n"))
  }
}

/// A format of SBOMs. A new one is a file here and a line in `all`.
package struct SBOMFormat: Sendable {
  package let name: String
  package let write: @Sendable (BillOfMaterials) -> [UInt8]

  package static let all: [SBOMFormat] = [.cycloneDX, .spdxJSON, .spdxTagValue]
}
