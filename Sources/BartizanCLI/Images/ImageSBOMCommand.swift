import ArgumentParser
import Collect
import Findings
import Images

struct ImageSBOMCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sbom", abstract: "A bill of materials: CycloneDX 1.6 or SPDX 2.3.",
    discussion: """
      EXAMPLES
        bartizan image sbom app.tar.gz > app.cdx.json
        bartizan image sbom --type spdx rootfs/ > rootfs.spdx

      The same packages give the same bytes; the time in it is that of $SOURCE_DATE_EPOCH, or the epoch.
      """)
  @Argument(help: "What to look into, as for image scan.", completion: .file()) var source: String
  @OptionGroup var reading: ImageReading
  @Option(help: "cyclonedx, spdx-json or spdx (tags and values).") var type: SBOMName = SBOMName()

  struct SBOMName: ExpressibleByArgument {
    var format = SBOMFormat.all[0]
    init() {}
    init?(argument: String) {
      guard let found = SBOMFormat.all.first(where: { $0.name == argument }) else { return nil }
      format = found
    }
    var defaultValueDescription: String { format.name }
    static var allValueStrings: [String] { SBOMFormat.all.map(\.name) }
  }

  func run() async throws {
    let contents = try await reading.read(source)
    let bill = BillOfMaterials(
      subject: source.split(separator: "/").last.map(String.init) ?? source, system: contents.system,
      packages: contents.packages, created: SourceDate.text, toolVersion: Version.text)
    StandardOutput.write(type.format.write(bill))
  }
}
