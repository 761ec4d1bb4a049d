import ArgumentParser
import Collect
import Findings
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
        bartizan image sbom --source-name shop --source-version 2.1.0 src/ \\
          > shop.cdx.json
        bartizan image sbom -o cyclonedx=app.cdx.json -o spdx-json=app.spdx.json \\
          app.tar.gz

      A bill is about one image; several are written one by one. The same packages give the same bytes; the time in it is that of $SOURCE_DATE_EPOCH, or the epoch. \
      Exit code 3: a part of the image could not be read, and its packages may be missing.
      """)

  @OptionGroup var image: ImageSourcesArgument
  @OptionGroup var output: OutputOptions<BillOfMaterialsAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @Option(help: "What the subject is called, in place of the image or the folder.") var sourceName: String?
  @Option(help: "The version of the subject, in place of the image's tag.") var sourceVersion: String?

  func validate() throws {
    for (option, text) in [("--source-name", sourceName), ("--source-version", sourceVersion)] {
      if let text, text.allSatisfy(\.isWhitespace) { throw ValidationError("\(option) says nothing") }
    }
  }

  func run() async throws {
    guard image.all.count == 1 else {
      throw BartizanError(
        .usage,
        "a bill of materials is about one image: write one for each, such as `bartizan image sbom -o cyclonedx=a.cdx.json \(image.all[0].name)`"
      )
    }
    let images = try await reading.read(image.all, access, everyOne: false)
    for item in images.contents {
      try output.give(
        BillOfMaterialsAnswer(
          item.contents.bill(
            named: item.source, created: SourceDate.text, toolVersion: Version.text,
            subject: (sourceName, sourceVersion))))
    }
    try ImageReading.finish(images)
  }
}
