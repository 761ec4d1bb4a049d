import Findings
import PodSecurity
import Posture
import TestKit
import Testing

/// The floor plan. A module imports only from the layers named here; a change of plan changes this table, the manifest
/// and `docs/architecture.md` together.
@Suite struct ArchitectureTests {
  static let layers: [(module: String, layer: Int, packages: Set<String>)] = [
    ("CIsal", -1, []), ("CYAML", -1, []), ("CZlib", -1, []), ("CZstd", -1, []), ("DetectionRules", -1, []),
    ("ReportAssets", -1, []),
    ("Bytes", 0, ["Synchronization", "CIsal", "CYAML", "CZlib", "CZstd"]),
    ("Findings", 0, []),
    ("Kube", 1, []),
    ("Events", 1, []),
    ("Expressions", 1, []),
    ("Access", 2, []),
    ("Reach", 2, []),
    ("Images", 2, ["Crypto"]),
    ("Trust", 2, ["X509", "SwiftASN1", "Crypto", "CryptoExtras"]),
    ("PodSecurity", 2, []),
    ("Validation", 2, []),
    ("Detect", 2, ["DetectionRules"]),
    ("Depth", 3, []),
    ("Posture", 4, []),
    ("Admission", 4, ["Synchronization"]),
    (
      "Transport", 4,
      [
        "Glibc", "FoundationEssentials", "Synchronization", "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1",
        "NIOHTTPCompression", "NIOSSL", "NIOTLS", "Subprocess", "SwiftASN1", "SystemPackage",
      ]
    ),
    (
      "Server", 4,
      [
        "Glibc", "FoundationEssentials", "Synchronization", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "NIOTLS",
        "X509",
        "SwiftASN1", "Crypto",
      ]
    ),
    ("Collect", 5, ["Glibc", "Synchronization", "Crypto", "CryptoExtras"]),
    ("Ingest", 5, ["Crypto", "Synchronization"]),
    ("Store", 5, ["GRDB", "FoundationEssentials", "Crypto", "Dispatch", "Glibc", "Synchronization"]),
    ("Forward", 5, ["Crypto"]),
    ("Report", 5, ["ReportAssets", "Glibc"]),
    ("Operations", 6, ["Glibc", "Synchronization"]),
    ("Console", 7, ["Synchronization"]),
    ("BartizanCLI", 8, ["ArgumentParser", "Dispatch", "Glibc", "Synchronization"]),
    ("bartizan", 8, ["Dispatch", "Glibc"]),
  ]

  /// Modules of layers 0 to 4 that may read, write and connect.
  static let impure: Set<String> = ["Transport", "Server"]

  static let repository = FileReaderForTests.repository

  static func swiftFiles(_ folder: String) -> [String] { SourceFiles.all(repository + "/" + folder, suffix: ".swift") }

  static func imports(_ text: String) -> Set<String> {
    var names = Set<String>()
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count,
        place == 0 || ["package", "public", "@testable", "internal"].contains(words[0])
      else { continue }
      names.insert(String(words[place + 1]))
    }
    return names
  }

  @Test func everyFolderOfSourcesIsOnTheFloorPlan() {
    let folders = Set(SourceFiles.folders(Self.repository + "/Sources"))
    #expect(folders == Set(Self.layers.map(\.module)))
  }

  @Test func modulesImportOnlyLowerLayers() throws {
    let layer = Dictionary(uniqueKeysWithValues: Self.layers.map { ($0.module, $0.layer) })
    var read = 0
    for plan in Self.layers {
      for file in Self.swiftFiles("Sources/\(plan.module)") {
        read += 1
        for name in Self.imports(try FileReaderForTests.text(file)) {
          if plan.packages.contains(name) { continue }
          guard let other = layer[name] else {
            Issue.record("\(file) imports \(name), which the floor plan does not allow")
            continue
          }
          // The executable is the one module that may import its own layer: the command line that it starts.
          let isAllowed = other < plan.layer || plan.module == "bartizan" && name == "BartizanCLI"
          #expect(other >= 0 && isAllowed, "\(file) imports \(name) of layer \(other)")
        }
      }
    }
    #expect(read > 60)
  }

  @Test func theManifestDeclaresWhatIsImported() throws {
    let manifest = try FileReaderForTests.text(Self.repository + "/Package.swift")
    let words = manifest.filter { !$0.isWhitespace }
    for plan in Self.layers where plan.layer >= 0 && plan.module != "bartizan" {
      let start = try #require(words.firstRange(of: "module(\"\(plan.module)\""), "\(plan.module)")
      let declaration = words[start.upperBound...].prefix { $0 != ")" }
      var used = Set<String>()
      for file in Self.swiftFiles("Sources/\(plan.module)") {
        used.formUnion(Self.imports(try FileReaderForTests.text(file)))
      }
      for name in used where Self.layers.contains(where: { $0.module == name }) {
        #expect(declaration.contains("\"\(name)\""), "\(plan.module) imports \(name) without declaring it")
      }
    }
  }

  @Test func theArchitecturePageShowsThisPlan() throws {
    let page = try FileReaderForTests.text(Self.repository + "/docs/architecture.md")
    for plan in Self.layers where plan.layer >= 0 {
      #expect(page.contains("| \(plan.layer) | **\(plan.module)** |"), "\(plan.module) at layer \(plan.layer)")
    }
  }

  @Test func layersZeroToFourArePure() throws {
    for plan in Self.layers where (0...4).contains(plan.layer) && !Self.impure.contains(plan.module) {
      for file in Self.swiftFiles("Sources/\(plan.module)") {
        let imports = Self.imports(try FileReaderForTests.text(file))
        for name in ["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "NIOCore"] {
          #expect(!imports.contains(name), "\(file) imports \(name)")
        }
      }
    }
  }

  @Test func catalogueAndFolderOfChecksAgree() throws {
    let listed = Set(CheckCatalogue.all.map { String(describing: type(of: $0)) })
    let protocols = ["WorkloadCheck", "ObjectCheck", "AnyKindCheck", "EveryObjectCheck", "ImageCheck", "RegistryCheck"]
    var found = Set<String>()
    for file in Self.swiftFiles("Sources/Posture/Checks") {
      let text = try FileReaderForTests.text(file)
      let name = String(file.split(separator: "/").last?.dropLast(6) ?? "")
      guard protocols.contains(where: { text.contains("struct \(name): \($0)") }) else {
        #expect(!protocols.contains { text.contains(": \($0) {") }, "\(file) is not named after its check")
        continue
      }
      found.insert(name)
    }
    #expect(listed == found)
  }

  @Test func catalogueAndFolderOfPodSecurityControlsAgree() {
    let files = Self.swiftFiles("Sources/PodSecurity/Controls").map {
      String($0.split(separator: "/").last?.dropLast(6) ?? "").lowercased()
    }
    let listed = PodSecurityStandard.controls.map { $0.id.filter { $0 != "_" }.lowercased() }
    #expect(Set(files) == Set(listed))
    #expect(Set(listed).count == PodSecurityStandard.controls.count)
  }

  @Test func everyCheckHasItsCasesAndEveryFolderItsCheck() {
    let folders = Set(SourceFiles.folders(Self.repository + "/Tests/PostureTests/Cases"))
    #expect(folders == Set(CheckCatalogue.checks.map(\.metadata.id.rawValue)))
    for folder in folders {
      let files = SourceFiles.all(Self.repository + "/Tests/PostureTests/Cases/\(folder)", suffix: ".yaml")
      #expect(files.map { $0.split(separator: "/").last ?? "" } == ["fail.yaml", "pass.yaml"], "\(folder)")
    }
  }

  @Test func metadataIsFullAndIdsAreUnique() {
    let all = CheckCatalogue.all.map(\.metadata)
    #expect(Set(all.map(\.id)).count == all.count)
    for check in all {
      let id = check.id.rawValue
      #expect(id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }, "\(id)")
      #expect(!check.title.isEmpty && !check.title.hasSuffix("."), "\(id)")
      #expect(check.rationale.hasSuffix(".") && check.remediation.hasSuffix("."), "\(id)")
      #expect(!check.controls.isEmpty && !check.references.isEmpty, "\(id)")
      // A manifest that is right says more than a sentence; builds of images and registries have none.
      if check.area.command == "scan" { #expect(check.examples.contains { !$0.text.isEmpty }, "\(id)") }
    }
  }

  @Test func sourcesKeepTheRulesOfTheHouse() throws {
    for file in Self.swiftFiles("Sources") {
      let text = try FileReaderForTests.text(file)
      for forbidden in ["try!", "as!", "fatalError(", "TODO", "FIXME", "nonisolated(unsafe)"] {
        #expect(!text.contains(forbidden), "\(file) holds \(forbidden)")
      }
    }
  }

  /// What other modules see is explained where it is declared.
  @Test func everyTypeThatModulesShareSaysWhatItIs() throws {
    let kinds: Set<Substring> = ["struct", "enum", "class", "actor", "protocol", "typealias"]
    for file in Self.swiftFiles("Sources") {
      let lines = try FileReaderForTests.text(file).split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        let words = line.split(separator: " ", maxSplits: 3).filter { $0 != "final" && $0 != "indirect" }
        guard words.first == "package", words.count > 1, kinds.contains(words[1]) else { continue }
        let before = lines[..<number].last { !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
        #expect(before.drop { $0 == " " }.hasPrefix("///"), "\(file):\(number + 1) has no doc comment")
      }
    }
  }

  /// Lines on which a program would decide by what a sentence says.
  @Test func nothingIsDecidedByTheWordsOfAMessage() throws {
    for file in Self.swiftFiles("Sources") {
      for (number, line) in ProseDecisions.lines(of: try FileReaderForTests.text(file)) {
        Issue.record("\(file):\(number) decides on prose; make it a value: \(line)")
      }
    }
  }

  @Test(arguments: [
    (#"if error.message.hasPrefix("the certificate of") {"#, true),
    (#"  } else if error.message.contains("does not speak TLS") {"#, true),
    (#"guard step.technique != "is one of them" else { return }"#, true),
    (#"let isOpen = remark.detail.text.hasPrefix("allows")"#, true),
    (#"let text = String(reflecting: error)"#, true),
    (#"return text.contains("was not read") || text.isEmpty"#, true),
    (#"switch problem.message { case "no such file": return nil"#, true),
    (#"item.reason.hasPrefix("\(place) was not read")"#, true),
    (#"if status.reason == "Expired" { return .expired }"#, false),
    (#"guard !check.title.isEmpty, !check.title.hasSuffix(".") else { return }"#, false),
    (#"for scheme in ["docker://", "registry:"] where text.hasPrefix(scheme) {"#, false),
    (#"if text.hasPrefix("/") { return .path(text) }"#, false),
    (#"guard text.hasPrefix("SPDXVersion: SPDX-2.") else { return nil }"#, false),
    (#"// error.message.contains("does not speak TLS") once decided here"#, false),
  ]) func decisionsOnProseAreFound(_ line: String, _ isOne: Bool) {
    #expect(!ProseDecisions.lines(of: line).isEmpty == isOne, "\(line)")
  }
}
