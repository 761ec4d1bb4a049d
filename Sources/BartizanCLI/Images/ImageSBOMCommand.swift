import ArgumentParser
import Collect
import Images
import Report

struct ImageSBOMCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sbom", abstract: "Write a bill of materials: CycloneDX 1.6, in JSON or XML, or SPDX 2.3 or 3.0.",
    discussion: """
      EXAMPLES
        bartizan image sbom app.tar.gz > app.cdx.json
        bartizan image sbom -o cyclonedx-xml rootfs/ > rootfs.cdx.xml
        bartizan image sbom -o spdx rootfs/ > rootfs.spdx
        bartizan image sbom -o spdx3-json app.tar.gz > app.spdx3.json
        bartizan image sbom -o cyclonedx=app.cdx.json -o spdx-json=app.spdx.json \\
          app.tar.gz

      The same packages give the same bytes; the time in it is that of $SOURCE_DATE_EPOCH, or the epoch. \
      Exit code 3: a part of the image could not be read, and its packages may be missing.
      """)

  @OptionGroup var image: ImageSourceArgument
  @OptionGroup var output: OutputOptions<BillOfMaterialsAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions

  func run() async throws {
    let contents = try await reading.read(image, access)
    try output.give(
      BillOfMaterialsAnswer(contents.bill(named: image.name, created: SourceDate.text, toolVersion: Version.text)))
    try ImageReading.finish(contents)
  }
}
