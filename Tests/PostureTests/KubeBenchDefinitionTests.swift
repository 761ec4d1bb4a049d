import Bytes
import Foundation
import Kube
import Posture
import TestKit
import Testing

/// The definitions of kube-bench and the cases of its own tests, which its engine and ours must agree on.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct KubeBenchDefinitionTests {
  static let folder = "posture/kube-bench"

  static func json(_ path: String) throws -> DocumentNode {
    try JSONReader.read(SharedData.bytes("\(folder)/\(path)"))
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try SharedData.bytes("\(folder)/\(path)"), as: UTF8.self)
  }

  static let settings: DefinitionSettings = {
    let stream = YAMLReader.readStream((try? text("cfg/config.yaml")) ?? "")
    return DefinitionSettings(stream.documents.first ?? .null)
  }()

  /// The checks of kube-bench's own test data, by group.
  static func checks(_ group: Int) throws -> [DefinitionCheck] {
    let definition = try BenchmarkDefinition(text("check/data"))
    return definition.groups[group].checks.map { $0.withDefaultEnvironmentAudit(programs: []) }
  }

  @Test func allBenchmarksLoad() throws {
    let root = "\(SharedData.root)/\(Self.folder)/cfg"
    var folders = Set<String>()
    var checks = 0
    var unknown: [String] = []
    for file in SourceFiles.manifests(root) where !file.hasSuffix("/config.yaml") {
      let parts = file.split(separator: "/")
      folders.insert(String(parts[parts.count - 2]))
      let definition = try BenchmarkDefinition(
        String(decoding: try FileReaderForTests.bytes(file), as: UTF8.self))
      #expect(BenchmarkDefinition.Target(rawValue: definition.nodeType) != nil, "\(file) is for \(definition.nodeType)")
      #expect(parts.last == "\(definition.nodeType).yaml")
      #expect(definition.checks.allSatisfy { !$0.id.isEmpty && !$0.text.isEmpty }, "\(file)")
      checks += definition.checks.count
      for test in definition.checks.flatMap({ $0.tests?.items ?? [] }) where !test.comparison.isEmpty {
        if DefinitionComparison(rawValue: test.comparison) == nil { unknown.append(test.comparison) }
      }
    }
    #expect(folders.count == 46)
    #expect(checks == 4860)
    #expect(unknown == ["noteqx"])
  }

  @Test func identifiersKeepTheirDigits() throws {
    let definition = try BenchmarkDefinition(Self.text("cfg/cis-1.12/master.yaml"))
    #expect(definition.checks.map(\.id).contains("1.2.10"))
    #expect(definition.version == "cis-1.12")
    let node = try BenchmarkDefinition("type: node\ngroups:\n  - id: 1.10\n    text: no\n    checks: []\n")
    #expect(node.groups[0].id == "1.10" && node.groups[0].text == "no")
  }

  @Test func comparisons() throws {
    let unit = try Self.json("unit/check_test_test.json")
    let cases = unit["TestCompareOp"]?["cases"]?.elements ?? []
    #expect(cases.count == 70)
    for row in cases {
      let result = DefinitionComparison.compare(
        row["op"]?.string ?? "", found: row["flagVal"]?.string ?? "", wanted: row["compareValue"]?.string ?? "",
        name: row["flagName"]?.string ?? "")
      #expect(result.isTrue == row["testResult"]?.bool, "\(row["label"]?.string ?? "")")
      #expect(result.expected == row["expectedResultPattern"]?.string, "\(row["label"]?.string ?? "")")
    }
    for row in unit["TestToNumeric"]?["cases"]?.elements ?? [] {
      let pair = DefinitionComparison.numbers(row["firstValue"]?.string ?? "", row["secondValue"]?.string ?? "")
      #expect((pair == nil) == row["expectedToFail"]?.bool)
    }
    for row in unit["TestAllElementsValid"]?["cases"]?.elements ?? [] {
      #expect(
        DefinitionComparison.allValid(row["source"]?.strings ?? [], among: row["target"]?.strings ?? [])
          == row["valid"]?.bool)
    }
    for row in unit["TestSplitAndRemoveLastSeparator"]?["cases"]?.elements ?? [] {
      let elements = DefinitionComparison.elements(row["source"]?.string ?? "")
      #expect(elements.count == (row["elementCnt"]?.int).map(Int.init))
      #expect(elements.allSatisfy { $0 == $0.trimmingCharacters(in: .whitespaces) })
    }
  }

  @Test func conditionsOnOutput() throws {
    let unit = try Self.json("unit/check_test_test.json")
    let checks = try Self.checks(0)
    let cases = unit["TestTestExecute"]?["cases"]?.elements ?? []
    #expect(cases.count == 37)
    for row in cases {
      let index = try #require(row["check"]?["i"]?.int)
      let verdict = checks[Int(index)].judge(
        command: row["str"]?.string ?? "", config: row["strConfig"]?.string ?? "", env: row["strEnv"]?.string ?? "")
      #expect(verdict.state == .pass, "\(index): \(row["str"]?.string ?? "")")
      #expect(verdict.expected == row["expectedTestResult"]?.string, "\(index)")
    }
    for row in unit["TestTestExecuteExceptions"]?["cases"]?.elements ?? [] {
      let index = try #require(row.elements[0]["i"]?.int)
      let verdict = checks[Int(index)].judge(command: "", config: row.elements[1].string ?? "")
      #expect(verdict.state != .pass, "\(row.elements[1].string ?? "")")
    }
  }

  /// The document of a case, whose keys are the names of Go's fields.
  private static func document(_ node: DocumentNode, lowering: Bool) -> DocumentNode {
    switch node.content {
    case .array(let items): return DocumentNode(.array(items.map { document($0, lowering: lowering) }))
    case .object(let mapping):
      return DocumentNode(
        .object(
          Mapping(
            mapping.entries.filter { $0.key != "$type" }.map {
              let key = lowering ? $0.key.prefix(1).lowercased() + $0.key.dropFirst() : $0.key
              return Mapping.Entry(key: key, value: document($0.value, lowering: lowering))
            })))
    default: return node
    }
  }

  @Test func pathTemplates() throws {
    let unit = try Self.json("unit/check_test_test.json")
    for name in ["TestExecuteJSONPath", "TestExecuteJSONPathOnEncryptionConfig"] {
      for row in unit[name]?["cases"]?.elements ?? [] {
        let document = Self.document(row.elements[2], lowering: name.hasSuffix("Config"))
        let found = try? JSONPathTemplate(row.elements[1].string ?? "").text(of: document)
        #expect(
          (found == row.elements[3].string) != row.elements[4].bool, "\(row.elements[1].string ?? "") \(found ?? "-")")
      }
    }
    for row in unit["TestTestUnmarshal"]?["cases"]?.elements ?? [] {
      let failed = (try? DefinitionTest.pathValue("{.kind}", in: row.elements[0].string ?? "")) == nil
      #expect(failed == row.elements[2].bool)
    }
    let list = try JSONReader.read(#"{"a":[{"n":1,"s":"x"},{"n":2,"s":"y"},{"n":3}],"b.c":"d"}"#)
    for (template, expected) in [
      ("{.a[*].n}", "1 2 3"), ("{.a[-1].n}", "3"), ("{.a[0:2].n}", "1 2"), ("{.a[::2].n}", "1 3"),
      (#"{.a[?(@.s=="y")].n}"#, "2"), ("{.a[?(@.n>=2)].n}", "2 3"), ("{range .a[*]}{.n};{end}", "1;2;3;"),
      (#"{.b\.c}"#, "d"), ("{['b.c']}", "d"), ("{..s}", "x y"), ("{.a[0]['n','s']}", "1 x"), ("plain", "plain"),
      ("{.missing}", ""), ("{.a[0]}", #"{"n":1,"s":"x"}"#), ("{range .a[:]}{.n}{','}{end}", "1,2,3,"),
    ] {
      #expect(try JSONPathTemplate(template).text(of: list) == expected, "\(template)")
    }
    for broken in [
      "{.a", "{end}", "{range .a[*]}", "{.a[}", "{.a[?(@.x==]}", "{.a[0,}", "{'x}", "{range", "{.a[?(", "{abc}",
    ] {
      #expect(throws: JSONPathTemplate.Failure.self, "\(broken)") { try JSONPathTemplate(broken) }
    }
  }

  private static func run(_ script: String) -> AuditAnswer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    guard (try? process.run()) != nil else { return .notRun("no /bin/sh") }
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0
      ? .output(output) : .failed(output: output, status: Int(process.terminationStatus))
  }

  @Test func auditsOfConfigurationsAndEnvironments() throws {
    let unit = try Self.json("unit/check_check_test.json")
    for (name, group) in [("TestCheckAuditConfig", 1), ("TestCheckAuditEnv", 2)] {
      let checks = try Self.checks(group)
      for (list, state) in [("passingCases", KubeBenchState.pass), ("failingCases", .fail)] {
        for row in unit[name]?[list]?.elements ?? [] {
          let index = Int(try #require(row["i"]?.int))
          #expect(checks[index].evaluate(Self.run).state == state, "\(name) \(index) \(checks[index].text)")
        }
      }
    }
    for row in unit["TestCheck_Run"]?["testCases"]?.elements ?? [] {
      let node = try #require(row["check"])
      let tests = node["Tests"].map { tests in
        DefinitionTests(
          items: (tests["TestItems"]?.elements ?? []).map {
            DefinitionTest(flag: $0["Flag"]?.string ?? "", isSet: $0["Set"]?.bool ?? false)
          })
      }
      let check = DefinitionCheck(
        audit: node["Audit"]?.string ?? "", auditConfig: node["AuditConfig"]?.string ?? "",
        type: node["Type"]?.string ?? (node["Type"] == nil ? "" : "manual"), tests: tests,
        isScored: node["Scored"]?.bool ?? false)
      #expect(
        check.evaluate(Self.run).state.rawValue == row["Expected"]?["$ident"]?.string, "\(row["name"]?.string ?? "")")
    }
    for row in unit["Test_runAudit"]?["tests"]?.elements ?? [] {
      switch Self.run(row["args"]?["audit"]?.string ?? "") {
      case .output(let text): #expect(text == row["output"]?.string)
      case .failed(let text, _): #expect(text.hasSuffix(row["output"]?.string ?? "-"))
      case .notRun: Issue.record("no shell")
      }
    }
  }

  @Test func programsAndFiles() throws {
    let unit = try Self.json("unit/cmd_util_test.json")
    func cases(_ name: String) -> [DocumentNode] {
      unit[name]?["cases"]?.elements ?? unit[name]?["tests"]?.elements ?? []
    }
    for row in cases("TestVerifyBin") {
      #expect(
        DefinitionSettings.isRunning(row["proc"]?.string ?? "", in: row["psOut"]?.string ?? "") == row["exp"]?.bool,
        "\(row["proc"]?.string ?? "") in \(row["psOut"]?.string ?? "")")
    }
    for row in cases("TestFindExecutable") {
      let found = (row["candidates"]?.strings ?? []).first {
        DefinitionSettings.isRunning($0, in: row["psOut"]?.string ?? "")
      }
      #expect(found == row["exp"]?.string)
    }
    for row in cases("TestGetBinaries") {
      let settings = DefinitionSettings(
        DocumentNode(.object(Mapping([.init(key: "master", value: row["config"] ?? .null)]))))
      let found = settings.programs("master") { DefinitionSettings.isRunning($0, in: row["psOut"]?.string ?? "") }
      #expect((found == nil) == (row["expectErr"]?.bool ?? false))
      if let found { #expect(found == row["exp"]?.stringMap ?? [:]) }
    }
    for (name, kind) in [("TestGetConfigFiles", DefinitionSettings.FileKind.config), ("TestGetServiceFiles", .service)]
    {
      for row in cases(name) {
        let settings = DefinitionSettings(
          DocumentNode(.object(Mapping([.init(key: "master", value: row["config"] ?? .null)]))))
        var answers = (row["statResults"]?.elements ?? []).map(\.isNull)[...]
        let found = settings.files(kind, "master") { _ in answers.popFirst() ?? false }
        #expect(found == row["exp"]?.stringMap ?? [:])
      }
    }
    // A name of Go's test code stands for some path.
    func path(_ node: DocumentNode) -> DocumentNode {
      if let name = node["$ident"]?.string { return DocumentNode(.string("/" + name)) }
      if let items = node.array { return DocumentNode(.array(items.map(path))) }
      guard node.mapping != nil else { return node }
      return DocumentNode(.object(Mapping(node.entries.map { .init(key: $0.key, value: path($0.value)) })))
    }
    for row in cases("TestGetDatadirFiles") {
      let settings = DefinitionSettings(["master": path(row["config"] ?? .null)])
      let exists = row["statResults"]?.elements.first?.isNull == true
      #expect(
        settings.files(.dataFolder, "master") { _ in exists } == path(row["exp"] ?? .null).stringMap)
    }
    for row in cases("TestFindConfigFile") {
      var answers = (row["statResults"]?.elements ?? []).map(\.isNull)[...]
      let settings = DefinitionSettings(
        ["master": ["components": ["x"], "x": ["confs": DocumentNode(.array(row["input"]?.elements ?? []))]]])
      let found = settings.files(.config, "master") { _ in answers.popFirst() ?? false }["x"]
      #expect(found == (row["exp"]?.string == "" ? "x" : row["exp"]?.string))
    }
    for row in cases("TestMakeSubsitutions") {
      let made = DefinitionSettings.substitute(
        row["input"]?.string ?? "", suffix: "bin", row["subst"]?.stringMap ?? [:])
      #expect(made.text == row["exp"]?.string)
      #expect(Set(made.used) == Set(row["expectedSubs"]?.strings ?? []))
    }
    for row in cases("TestMultiWordReplace") {
      #expect(
        DefinitionSettings.replace(
          row["input"]?.string ?? "", row["subname"]?.string ?? "", by: row["sub"]?.string ?? "")
          == row["output"]?.string)
    }
    for row in cases("TestDecrementVersion") {
      #expect(DefinitionSettings.previous(row["kubeVersion"]?.string ?? "") == row["exp"]?.string)
    }
    for row in cases("Test_getOcpValidVersion") {
      #expect(BenchmarkPlatform.openShiftVersion(row["openShiftVersion"]?.string ?? "") ?? "" == row["exp"]?.string)
    }
    for row in cases("Test_getPlatformBenchmarkVersion") {
      let platform = BenchmarkPlatform(
        name: row["args"]?["platform"]?["Name"]?.string ?? "",
        version: row["args"]?["platform"]?["Version"]?.string ?? "")
      #expect(platform.benchmark ?? "" == row["want"]?.string, "\(row["name"]?.string ?? "")")
    }
    for row in cases("Test_getPlatformNameFromKubectlOutput") {
      let platform = BenchmarkPlatform(gitVersion: row["args"]?["s"]?.string ?? "")
      #expect(platform?.name == row["want"]?["Name"]?.string, "\(row["name"]?.string ?? "")")
      #expect(platform?.version == row["want"]?["Version"]?.string)
    }
  }

  @Test func versionsAndTargets() throws {
    let unit = try Self.json("unit/cmd_common_test.json")
    let versions = try #require(Self.settings.versions)
    for row in unit["TestMapToCISVersion"]?["cases"]?.elements ?? [] {
      #expect(
        DefinitionSettings.benchmark(for: row["kubeVersion"]?.string ?? "", in: versions) ?? "" == row["exp"]?.string,
        "\(row["kubeVersion"]?.string ?? "")")
    }
    for row in unit["TestValidTargets"]?["cases"]?.elements ?? [] {
      #expect(
        Self.settings.allow(row["targets"]?.strings ?? [], of: row["benchmark"]?.string ?? "") == row["expected"]?.bool,
        "\(row["name"]?.string ?? "")")
    }
    for row in unit["TestGetBenchmarkVersion"]?["cases"]?.elements ?? [] where row["kubeVersion"]?.string != "" {
      let isClash = row["benchmarkVersion"]?.string != ""
      #expect(isClash != row["succeed"]?.bool)
      guard !isClash else { continue }
      #expect(DefinitionSettings.benchmark(for: row["kubeVersion"]?.string ?? "", in: versions) == row["exp"]?.string)
    }
    // The version that the fake kubectl of these tests answers.
    #expect(DefinitionSettings.benchmark(for: "1.18", in: versions) == "cis-1.6")
    for row in unit["TestLoadVersionMapping"]?["cases"]?.elements ?? [] {
      let settings: DefinitionSettings
      switch row["n"]?.string {
      case "empty": settings = DefinitionSettings(.null)
      case "novals": settings = DefinitionSettings(["version_mapping": "novals"])
      default: settings = Self.settings
      }
      #expect((settings.versions != nil) == row["succeed"]?.bool, "\(row["n"]?.string ?? "")")
    }
    let check = try BenchmarkDefinition(
      """
      type: master
      groups:
      - id: G1
        checks:
        - id: C1
          audit: "true"
          tests:
            test_items:
            - flag: A
              env: SOME
      """
    ).checks[0].withDefaultEnvironmentAudit(programs: ["TestBinPath"])
    #expect(
      check.auditEnv == #"cat "/proc/$(/bin/ps -C TestBinPath -o pid= | tr -d ' ')/environ" | tr '\0' '\n'"#)
  }

  /// What of kube-bench's own tests is run here and what is not, by file and name of the test: rows of its tables.
  static let tables: [(file: String, test: String, run: Int, notRun: Int, reason: String)] = [
    ("check_check_test", "TestCheck_Run", 10, 0, ""), ("check_check_test", "Test_runAudit", 3, 0, ""),
    (
      "check_controls_test", "TestControls_ASFF", 0, 1,
      "the format of AWS Security Hub is none of ours, and the expected values are calls of Go"
    ),
    ("check_controls_test", "TestControls_JUnitIncludesJSON", 3, 0, ""),
    ("check_test_test", "TestAllElementsValid", 6, 0, ""), ("check_test_test", "TestCompareOp", 70, 0, ""),
    ("check_test_test", "TestExecuteJSONPath", 3, 0, ""),
    ("check_test_test", "TestExecuteJSONPathOnEncryptionConfig", 6, 0, ""),
    ("check_test_test", "TestSplitAndRemoveLastSeparator", 5, 0, ""),
    ("check_test_test", "TestTestExecute", 37, 0, ""), ("check_test_test", "TestTestExecuteExceptions", 5, 0, ""),
    ("check_test_test", "TestTestUnmarshal", 3, 0, ""), ("check_test_test", "TestToNumeric", 3, 0, ""),
    (
      "cmd_common_test", "TestGetBenchmarkVersion", 6, 1,
      "without any version kube-bench assumes 1.18; we ask for --benchmark"
    ),
    ("cmd_common_test", "TestIsEtcd", 0, 4, "which programs run is the body of a Go function, which the data lack"),
    ("cmd_common_test", "TestIsMaster", 0, 4, "which programs run is the body of a Go function, which the data lack"),
    ("cmd_common_test", "TestLoadVersionMapping", 3, 0, ""), ("cmd_common_test", "TestMapToCISVersion", 29, 0, ""),
    ("cmd_common_test", "TestNewRunFilter", 8, 0, ""), ("cmd_common_test", "TestValidTargets", 12, 0, ""),
    ("cmd_util_test", "TestDecrementVersion", 5, 0, ""), ("cmd_util_test", "TestFindConfigFile", 4, 0, ""),
    ("cmd_util_test", "TestFindExecutable", 7, 0, ""), ("cmd_util_test", "TestGetBinaries", 6, 0, ""),
    (
      "cmd_util_test", "TestGetConfigFilePath", 0, 3,
      "the folder that is looked for is made by Go code; that an unknown benchmark is refused is a case of the command"
    ),
    ("cmd_util_test", "TestGetConfigFiles", 5, 0, ""), ("cmd_util_test", "TestGetDatadirFiles", 2, 0, ""),
    ("cmd_util_test", "TestGetServiceFiles", 5, 0, ""), ("cmd_util_test", "TestMakeSubsitutions", 3, 0, ""),
    ("cmd_util_test", "TestMultiWordReplace", 4, 0, ""), ("cmd_util_test", "TestVerifyBin", 12, 0, ""),
    ("cmd_util_test", "Test_getOcpValidVersion", 7, 0, ""),
    ("cmd_util_test", "Test_getPlatformBenchmarkVersion", 28, 0, ""),
    ("cmd_util_test", "Test_getPlatformNameFromKubectlOutput", 9, 0, ""),
  ]

  private static func rows(_ test: DocumentNode?) -> Int {
    ["cases", "tests", "testCases"].reduce(0) { $0 + (test?[$1]?.elements.count ?? 0) }
  }

  /// Every row of the data is in the list above, run or not, and what is not run has its reason.
  @Test func allRowsAreListed() throws {
    var found: [String: Int] = [:]
    for file in Set(Self.tables.map(\.file)) {
      for entry in try Self.json("unit/\(file).json").entries where Self.rows(entry.value) > 0 {
        found["\(file) \(entry.key)"] = Self.rows(entry.value)
      }
    }
    #expect(
      found == Dictionary(uniqueKeysWithValues: Self.tables.map { ("\($0.file) \($0.test)", $0.run + $0.notRun) }))
    #expect(found.values.reduce(0, +) == 322)
    #expect(Self.tables.reduce(0) { $0 + $1.notRun } == 13)
    #expect(Self.tables.allSatisfy { ($0.notRun > 0) == !$0.reason.isEmpty })
  }

  @Test func filters() throws {
    let unit = try Self.json("unit/cmd_common_test.json")
    for row in unit["TestNewRunFilter"]?["testCases"]?.elements ?? [] {
      func list(_ key: String) -> Set<String> {
        Set((row["FilterOpts"]?[key]?.string ?? "").split(separator: ",").map(String.init))
      }
      let filter = DefinitionFilter(
        groups: list("GroupList"), checks: list("CheckList"), scored: row["FilterOpts"]?["Scored"]?.bool ?? false,
        unscored: row["FilterOpts"]?["Unscored"]?.bool ?? false)
      let group = BenchmarkDefinition.Group(
        id: row["Group"]?["ID"]?.string ?? "", text: "", type: "", checks: [])
      let check = DefinitionCheck(
        id: row["Check"]?["ID"]?.string ?? "", isScored: row["Check"]?["Scored"]?.bool ?? false)
      #expect(filter.includes(group, check) == row["Expected"]?.bool, "\(row["Name"]?.string ?? "")")
    }
  }

  @Test func junitReports() throws {
    let unit = try Self.json("unit/check_controls_test.json")
    let rows = unit["TestControls_JUnitIncludesJSON"]?["testCases"]?.elements ?? []
    #expect(rows.count == 3)
    for row in rows {
      let input = try #require(row["input"])
      var controls = KubeBenchReport.Controls()
      for group in input["Groups"]?.elements ?? [] {
        var made = KubeBenchReport.Group(id: group["ID"]?.string ?? "")
        for check in group["Checks"]?.elements ?? [] {
          var result = KubeBenchReport.Check()
          result.id = check["ID"]?.string ?? ""
          result.text = check["Text"]?.string ?? ""
          result.state = KubeBenchState(rawValue: check["State"]?["$ident"]?.string ?? "") ?? .warn
          made.checks.append(result)
        }
        controls.groups.append(made)
      }
      func count(_ key: String) -> Int { Int(input["Summary"]?[key]?.int ?? 0) }
      controls.summary = .init(pass: count("Pass"), fail: count("Fail"), warn: count("Warn"), info: count("Info"))
      #expect(controls.junit == row["expect"]?["args"]?.elements.first?.string, "\(row["desc"]?.string ?? "")")
    }
  }

  @Test func reportsAreReadAndWritten() throws {
    for name in ["Expected_output.data", "Expected_output_stig.data"] {
      let text = try Self.text("integration/testdata/\(name)")
      let report = try KubeBenchReport(text: text)
      #expect(report.text == text, "\(name)")
    }
    for name in ["result", "result_no_totals", "controlsCollection", "passedControlsCollection"] {
      let root = try Self.json("cmd/testdata/\(name).json")
      let report = try KubeBenchReport(root)
      let again = try KubeBenchReport(JSONReader.read(report.json))
      #expect(again == report, "\(name)")
      if report.hasTotals { #expect(Int64(report.totals.pass) == root["Totals"]?["total_pass"]?.int) }
    }
    let failing = try KubeBenchReport(Self.json("cmd/testdata/controlsCollection.json"))
    #expect(failing.totals == .init(pass: 49, fail: 12, warn: 14, info: 0))
    for broken in [
      "[INFO] 1 x\n[INFO] 1.1 y\n[PASS] 1.1.1 z\n", "hello",
      "[INFO] 1 x\n[PASS] 1.1.1 z\n\n== Summary a ==\n1 checks PASS\n",
    ] {
      #expect(throws: DocumentError.self) { try KubeBenchReport(text: broken) }
    }
    #expect(throws: DocumentError.self) {
      try KubeBenchReport(JSONReader.read(#"{"Controls":[{"tests":[{"results":[{"status":"MAYBE"}]}]}]}"#))
    }
  }

  @Test func skippedGroupsAndFilters() throws {
    let definition = try BenchmarkDefinition(
      """
      id: 1
      type: master
      groups:
      - id: G1
        type: skip
        checks:
        - {id: G1/C1, scored: true, audit: "true", tests: {test_items: [{flag: x}]}}
      - id: G2
        checks:
        - {id: G2/C1, scored: true, audit: "a", tests: {test_items: [{flag: a}]}}
        - {id: G2/C2, scored: false, audit: "b", tests: {test_items: [{flag: missing}]}}
        - {id: G2/C3, scored: true, audit: "c", tests: {test_items: [{flag: a, compare: {op: noteqx, value: a}}]}}
      """)
    var report = KubeBenchReport(controls: [])
    report.add(definition, detectedVersion: "", includes: { _, _ in true }, skipped: ["G2/C1"], answer: { .output($0) })
    #expect(report.controls[0].groups.map(\.id) == ["G1", "G2"])
    #expect(report.controls[0].groups.flatMap(\.checks).map(\.state) == [.info, .info, .warn, .fail])
    #expect(report.totals == .init(pass: 0, fail: 1, warn: 1, info: 2))
    var blind = KubeBenchReport(controls: [])
    blind.add(
      definition, detectedVersion: "", includes: { $1.isScored }, skipped: [], answer: { _ in .notRun("no facts") })
    #expect(blind.totals.pass == 0 && blind.controls[0].groups[1].checks[0].reason == "not evaluated: no facts")
  }

  /// An expression that explodes elsewhere takes linear time here; one that is not of RE2 is false.
  @Test func expressionsOfDefinitions() {
    let text = String(repeating: "a", count: 20_000) + "!"
    #expect(!DefinitionComparison.compare("regex", found: text, wanted: "^(a+)+$", name: "x").isTrue)
    #expect(!DefinitionComparison.compare("regex", found: "aa", wanted: #"(a)\1"#, name: "x").isTrue)
    #expect(!DefinitionComparison.compare("regex", found: "aa", wanted: "(", name: "x").isTrue)
    let test = DefinitionTest(flag: "(a+)+b")
    #expect(!test.evaluate(text, in: .command, byLine: false).isTrue)
  }

  /// Audits of the usual shapes are answered from a record; what it does not hold is not run, and never empty.
  @Test func auditsFromRecords() throws {
    var record = NodeRecord(name: "a", distribution: .kubeadm)
    record.components[.kubelet] = [.read(ComponentArguments(["--read-only-port=0"]), .process(1))]
    record.components[.etcd] = [.absent(.processes)]
    record.files["/a"] = .read(.init(mode: 0o640, owner: "root", group: "adm"), .file("/a"))
    record.files["/b"] = .absent(.file("/b"))
    record.files["/c"] = .unread(.permissionDenied, .file("/c"))
    record.configurations["/k"] = .read(["readOnlyPort": 0], .file("/k"))
    let audit = KnownAudit(record)
    #expect(audit.isRunning("kubelet") && !audit.isRunning("hyperkube kubelet") && !audit.isRunning("etcd"))
    #expect(audit.answer("/bin/ps -fC kubelet") == .output("kubelet --read-only-port=0\n"))
    #expect(audit.answer("/bin/ps -ef | /bin/grep etcd | /bin/grep -v grep") == .output(""))
    #expect(
      audit.answer("/bin/sh -c 'if test -e /a; then stat -c permissions=%a /a; fi'") == .output("permissions=640\n"))
    #expect(audit.answer("/bin/sh -c 'if test -e /a; then stat -c %U:%G /a; fi'") == .output("root:adm\n"))
    #expect(audit.answer("/bin/sh -c 'if test -e /b; then stat -c %U:%G /b; fi'") == .output(""))
    #expect(audit.answer("/bin/cat /k") == .output(#"{"readOnlyPort":0}"#))
    for script in [
      "/bin/sh -c 'if test -e /c; then stat -c %U:%G /c; fi'", "/bin/cat /x",
      "/bin/ps -ef | grep kube-proxy | grep -v grep",
      "rm -rf /a", "/bin/ps -fC kubelet; id", "cat /k | sh",
    ] {
      if case .notRun = audit.answer(script) {} else { Issue.record("\(script) was answered") }
    }
  }

  /// A benchmark's own settings lie over the common ones; a file of comments alone lays nothing over.
  @Test func settingsOfABenchmark() {
    let common: DocumentNode = ["node": ["components": ["kubelet"], "kubelet": ["bins": ["a"], "defaultconf": "/x"]]]
    #expect(DefinitionSettings(common, overlay: .null).programs("node") == ["a"])
    let own = DefinitionSettings(common, overlay: ["node": ["kubelet": ["bins": ["b"]]], "etcd": ["components": []]])
    #expect(own.programs("node") == ["b"] && own.has("etcd"))
    #expect(own.files(.config, "node", exists: { _ in false }) == ["kubelet": "/x"])
  }
}
