import TestKit
import Testing

/// Each case that was found by trying the program on public bug reports, and where its right answer is held: in a file of commands
/// in `Found`, which run on the case's own input, or in tests that bear its name, or both.
@Suite struct FoundCaseTests {
  /// The cases by their folders below `found` of the shared data.
  static let all = [
    "images/01-ubuntu-lts-not-covered", "images/02-redhat-suse-ecosystem", "images/03-related-cves-lost",
    "images/04-trivy-sbom-source-name", "images/05-vex-of-another-image", "images/06-jar-invented-group",
    "images/07-broken-input-silent", "images/08-deb-epoch-qualifier", "images/09-npm-aliases",
    "images/10-rpm-module-streams", "images/11-distro-of-sbom-and-edge", "images/12-own-sbom-other-answer",
    "images/15-third-party-deb", "newcomer/01-output-replaces-target", "newcomer/02-write-errors-are-silent",
    "newcomer/03-bom-and-utf16", "newcomer/04-filter-that-matches-nothing", "newcomer/05-same-name-in-two-files",
    "newcomer/06-kustomizations-below-a-folder", "newcomer/07-ids-not-in-the-terminal",
    "newcomer/08-tables-break-words-in-pipes", "newcomer/09-advisories-update-ignores-proxies-and-hangs",
    "newcomer/10-crlf-ignore-file", "newcomer/11-unknown-kinds-are-clean", "newcomer/12-helm-packages",
    "newcomer/14-layout-with-many-images", "newcomer/15-kubectl-habits", "registry/00-trap-cabal-freeze",
    "registry/00-trap-sqlite-rpmdb", "registry/01-review-sends-password-to-impostor",
    "registry/02-output-replaces-device", "registry/03-username-to-every-registry",
    "registry/04-review-misses-anonymous-tokens", "registry/05-cache-trusts-claimed-digest",
    "registry/06-hang-on-slow-refusal", "registry/07-hang-on-stalled-handshake", "registry/08-review-first-200-tags",
    "registry/09-review-certificate-without-sni", "registry/10-bartizanignore-hangs",
    "registry/11-secrets-clean-when-unread", "registry/12-remember-forgets", "registry/13-control-characters",
    "registry/15-registry-ca-replaces-roots", "registry/16-secrets-missed", "registry/18-pull-secrets-first-only",
    "registry/20-index-never-stale",
  ]

  private static let folder = FileReaderForTests.repository + "/Tests/BartizanCLITests/Found"

  /// The cases that have a file of commands.
  static let withCommands = SourceFiles.all(folder, suffix: ".txt").map { path in
    String(path.dropFirst(folder.count + 1).dropLast(4))
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)), arguments: withCommands)
  func commandsAnswerRightly(_ name: String) async throws {
    try await CommandCaseFiles.check(
      "\(Self.folder)/\(name).txt", named: name, input: "../shared/data/found/\(name)")
  }

  @Test(arguments: all) func everyCaseIsHeld(_ name: String) throws {
    if Self.withCommands.contains(name) { return }
    let isNamed = try SourceFiles.all(FileReaderForTests.repository + "/Tests", suffix: ".swift").contains { path in
      try FileReaderForTests.text(path).split(separator: "\n").contains { line in
        line.contains("\"\(name)") && (line.contains("@Test(") || line.hasPrefix("    \"\(name): "))
      }
    }
    #expect(isNamed, "no test bears the name of \(name)")
  }

  /// None is left out of the list.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage))) func theListIsWhole() {
    let there = ["images", "newcomer", "registry"].flatMap { area in
      SourceFiles.folders("\(SharedData.root)/found/\(area)").map { "\(area)/\($0)" }
    }
    #expect(there == Self.all)
    #expect(Set(Self.withCommands).isSubset(of: Self.all))
  }
}
