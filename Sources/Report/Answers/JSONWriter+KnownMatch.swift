import Bytes
import Images

extension JSONWriter {
  /// The fields of an advisory that applies to a package, within an object.
  mutating func fields(_ match: KnownMatch, of package: SoftwarePackage) {
    field("id", match.advisory)
    field("flaws", match.vulnerabilities)
    field("package", package.name)
    field("version", package.version)
    field("source", package.source)
    field("ecosystem", package.ecosystem.text)
    field("fixed", match.fix)
    field("priority", match.level.name)
  }
}
