import TestKit
import Testing

/// A kind of thing that grows has one list. What is written and not listed is never asked: a check that seems to be there and
/// finds nothing.
@Suite struct CatalogueListTests {
  struct Catalogue: Sendable, CustomTestStringConvertible {
    let type: String
    /// The file that holds the list.
    let list: String
    /// How a member is declared, in front of and behind its name.
    let declaration: (before: String, after: String)
    var testDescription: String { type }

    /// Members that are constants: `static let rpm = PackageExtractor(`.
    static func constants(_ type: String, in list: String) -> Catalogue {
      Catalogue(type: type, list: list, declaration: ("static let ", " = \(type)("))
    }

    /// Members that are types: `enum CalicoPolicy: PolicyDialect {`.
    static func types(_ type: String, in list: String) -> Catalogue {
      Catalogue(type: type, list: list, declaration: ("enum ", ": \(type) {"))
    }
  }

  static let catalogues: [Catalogue] = [
    .constants("PackageExtractor", in: "Images/Extractors/PackageExtractor.swift"),
    .constants("AdvisoryFormat", in: "Images/Advisories/AdvisoryFormat.swift"),
    .constants("SBOMFormat", in: "Images/SBOM/BillOfMaterials.swift"),
    .constants("NodeEscape", in: "PodSecurity/Escapes/NodeEscapes.swift"),
    .constants("Technique", in: "Depth/Technique.swift"),
    .constants("CloudIdentity", in: "Collect/Registry/Clouds/CloudIdentity.swift"),
    .constants("RegistryAdministration", in: "Collect/Registry/Clouds/RegistryAdministration.swift"),
    .constants("Mapping", in: "Events/Mapping/MappingCatalogue.swift"),
    .types("PolicyDialect", in: "Reach/Model/PolicyDialects.swift"),
    .types("ScanFormat", in: "Report/Scan/ScanReport.swift"),
  ]

  static let sources = SourceFiles.all(FileReaderForTests.repository + "/Sources", suffix: ".swift")

  @Test(arguments: catalogues) func everyMemberIsListed(_ catalogue: Catalogue) throws {
    var members: [String] = []
    for file in Self.sources {
      for line in try FileReaderForTests.text(file).split(separator: "\n") {
        guard let start = line.firstRange(of: catalogue.declaration.before)?.upperBound,
          let end = line[start...].firstRange(of: catalogue.declaration.after)?.lowerBound
        else { continue }
        members.append(String(line[start..<end]))
      }
    }
    #expect(members.count > 1, "nothing is declared as it was: \(catalogue.declaration)")
    let text = try FileReaderForTests.text(FileReaderForTests.repository + "/Sources/" + catalogue.list)
    let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    for member in members { #expect(words.contains(member), "\(member) is in no list") }
  }
}
