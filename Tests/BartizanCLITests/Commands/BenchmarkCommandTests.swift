import Bytes
import TestKit
import Testing

/// Exit codes of the benchmark's commands, where nothing found must not mean that nothing was looked at.
@Suite struct BenchmarkCommandTests {
  private static func record(_ name: String = "a", _ words: [String]) -> String {
    let list = words.map { "\"\($0)\"" }.joined(separator: ",")
    return
      #"{"apiVersion":"bartizan.dev/v1","kind":"NodeRecord","name":"\#(name)","distribution":"kubeadm","components":{"kube-apiserver":[{"from":"process 1","value":[\#(list)]}]}}"#
  }

  private static func run(_ words: [String]) async throws -> CommandRun { try await CommandRun(words) }

  /// A control that fails fails the scan, and one that was not judged does where that is asked for.
  @Test func frameworks() async throws {
    let folder = try TemporaryFolder()
    let (bad, clean) = (folder.path + "/bad.json", folder.path + "/clean.yaml")
    try folder.write("bad.json", Self.record("a", ["--anonymous-auth=true"]))
    try folder.write("clean.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n")
    #expect(try await Self.run(["scan", "--framework", "cis", clean, "--node", bad]).status == 1)
    #expect(try await Self.run(["scan", "--framework", "nsa", clean, "--node", bad]).status == 1)
    #expect(
      try await Self.run(["scan", "--framework", "stig", clean, "--node", bad, "--fail-on", "critical"]).status == 1)
    #expect(
      try await Self.run(["scan", "--framework", "stig", clean, "--node", bad, "--fail-on", "never"]).status == 0)
    // Findings that are in no control of the report do not count, and what was not judged is told when asked for.
    #expect(try await Self.run(["scan", "--framework", "stig", clean]).status == 0)
    #expect(try await Self.run(["scan", "--framework", "stig", clean, "--strict"]).status == 3)
    // Nodes alone, and an input that --node would take for a record.
    #expect(try await Self.run(["scan", "--framework", "cis", "--node", bad]).status == 1)
    let swallowed = try await Self.run(["scan", "--framework", "cis", "--node", bad, folder.path])
    #expect(swallowed.status == 2 && swallowed.errorText.contains("name the input before it"))
  }

  /// Two records of one name hide nothing of each other, in whatever order.
  @Test func recordsOfOneName() async throws {
    let folder = try TemporaryFolder()
    try folder.write("good.json", Self.record("a", ["--profiling=false"]))
    try folder.write("bad.json", Self.record("a", ["--profiling=true"]))
    let files = [folder.path + "/good.json", folder.path + "/bad.json"]
    for order in [files, files.reversed()] {
      let run = try await Self.run(["cis", "--format", "json", "--node"] + order)
      #expect(run.status == 1 && run.errorText.contains("each is judged by itself"))
      let check = try JSONReader.read(run.output)["checks"]?.elements.first { $0["id"]?.string == "1.2.15" }
      #expect(check?["status"]?.string == "fail")
      #expect(check?["nodes"]?.elements.compactMap { $0["status"]?.string }.sorted() == ["fail", "pass"])
    }
    let twice = try await Self.run(["cis", "--format", "json", "--node", files[0], files[0]])
    #expect(!twice.errorText.contains("judged by itself"))
    // One name on two nodes is what a folder without a host name gives.
    #expect(try await Self.run(["node", "collect", "--root", folder.path]).status == 2)
    try folder.write("etc/x", "")
    #expect(try await Self.run(["node", "collect", "--root", folder.path]).status == 2)
    #expect(try await Self.run(["node", "collect", "--root", folder.path, "--name", ""]).status == 2)
    #expect(try await Self.run(["node", "collect", "--root", folder.path, "--name", "n"]).status == 0)
    #expect(try await Self.run(["node", "manifest", "-n", "Bad Name!"]).status == 2)
    #expect(try await Self.run(["node", "manifest", "--image", "x: y"]).status == 2)
  }

  private static let definitions = """
    version: cis-1.12
    id: 2
    text: etcd
    type: etcd
    groups:
      - id: 2
        text: etcd
        checks:
          - id: 2.2
            text: client certificates
            audit: "/bin/ps -ef | /bin/grep $etcdbin | /bin/grep -v grep"
            tests:
              bin_op: or
              test_items:
                - {flag: --client-cert-auth, env: ETCD_CLIENT_CERT_AUTH, compare: {op: eq, value: true}}
            scored: true
    """

  /// What matches nothing was a mistake, and what was left out was not judged.
  @Test func definitions() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "cfg/config.yaml",
      "etcd:\n  components: [etcd]\n  etcd: {bins: [etcd], defaultconf: /x}\ntarget_mapping: {x: [etcd]}\n")
    try folder.write("cfg/x/etcd.yaml", Self.definitions)
    let record = { (etcd: String) in
      #"{"apiVersion":"bartizan.dev/v1","kind":"NodeRecord","name":"a","distribution":"kubeadm","components":{"etcd":[\#(etcd)]}}"#
    }
    try folder.write("on.json", record(#"{"from":"process 1","value":["--client-cert-auth=true"]}"#))
    try folder.write("off.json", record(#"{"from":"process 1","value":["--name=a"]}"#))
    try folder.write("none.json", record(#"{"from":"processes","absent":true}"#))
    func run(_ node: String, _ more: String...) async throws -> CommandRun {
      try await Self.run(
        ["cis", "run", "--definitions", folder.path + "/cfg", "--benchmark", "x", "--node", "\(folder.path)/\(node)"]
          + more)
    }
    // The environment of etcd is among its arguments in a record.
    #expect(try await run("on.json").status == 0)
    #expect(try await run("off.json").status == 1)
    #expect(try await run("on.json", "--check", "2.2").status == 0)
    for more in [["--check", "1.2.99"], ["--group", "9.9"], ["--skip", "7.7"]] {
      let wrong = try await run("on.json", more[0], more[1])
      #expect(wrong.status == 2 && wrong.errorText.contains(more[1]), "\(more)")
    }
    #expect(try await run("none.json").status == 3)
  }

  /// Numbers mean the same in the same edition only.
  @Test func reportsOfOtherEditions() async throws {
    let folder = try TemporaryFolder()
    try folder.write("node.json", Self.record("a", ["--profiling=true"]))
    func report(_ version: String) -> String {
      #"{"Controls":[{"id":"1","version":"\#(version)","text":"x","node_type":"master","tests":[{"section":"1.2","desc":"x","results":[{"test_number":"1.2.15","test_desc":"Ensure that the --profiling argument is set to false","status":"PASS"}]}]}]}"#
    }
    for (version, status) in [("cis-1.12", 1), ("cis-1.10", 1), ("cis-1.24", 3), ("eks-1.7.0", 3)] {
      try folder.write("report.json", report(version))
      let run = try await Self.run(
        ["cis", "import", folder.path + "/report.json", "--node", folder.path + "/node.json"])
      #expect(run.status == status, "\(version) \(run.outputText)")
      #expect(run.outputText.contains("Not compared") == (status == 3))
    }
    try folder.write(
      "report.txt",
      "[INFO] 1 Master\n[INFO] 1.2 API Server\n[PASS] 1.2.15 Ensure that the --audit-log-path argument is set\n\n== Summary master ==\n1 checks PASS\n0 checks FAIL\n0 checks WARN\n0 checks INFO\n"
    )
    let text = [folder.path + "/report.txt", "--node", folder.path + "/node.json"]
    #expect(try await Self.run(["cis", "import"] + text).status == 3)
    #expect(try await Self.run(["cis", "import"] + text + ["--benchmark", "cis-1.12"]).status == 1)
  }
}
