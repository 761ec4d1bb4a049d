package import Bytes

extension KubeBenchReport {
  /// As `kube-bench --json` prints it, without the newline at the end.
  package var json: String {
    let nodes = DocumentNode(.array(controls.map(\.node)))
    guard hasTotals else { return JSONWriter.compact(nodes) }
    return JSONWriter.compact(
      DocumentNode.object([("Controls", nodes), ("Totals", DocumentNode.object(totals.fields))]))
  }

  /// Reads a report: the object with `Controls` and `Totals`, a list of controls, or one of them.
  ///
  /// - Throws: `DocumentError` for what is none of these, and for a state that kube-bench does not have.
  package init(_ root: DocumentNode) throws(DocumentError) {
    let list: [DocumentNode]
    if let controls = root["Controls"]?.array {
      list = controls
      hasTotals = true
    } else if let controls = root.array {
      list = controls
      hasTotals = false
    } else if root["tests"]?.array != nil {
      list = [root]
      hasTotals = false
    } else {
      throw DocumentError(.syntax, "no report of kube-bench: it has no `Controls`", line: Int(root.line))
    }
    controls = []
    for node in list {
      guard node["tests"]?.array != nil || node["node_type"] != nil else {
        throw DocumentError(.syntax, "no report of kube-bench: controls without `tests`", line: Int(node.line))
      }
      controls.append(try Controls(node))
    }
  }
}

extension KubeBenchReport.Summary {
  fileprivate var fields: [(String, DocumentNode)] {
    [("total_pass", pass), ("total_fail", fail), ("total_warn", warn), ("total_info", info)].map {
      ($0.0, DocumentNode(.int(Int64($0.1))))
    }
  }

  fileprivate init(_ node: DocumentNode, prefix: String) {
    func count(_ key: String) -> Int { node[prefix + key]?.int.flatMap { Int(exactly: $0) } ?? 0 }
    self.init(pass: count("pass"), fail: count("fail"), warn: count("warn"), info: count("info"))
  }
}

extension KubeBenchReport.Controls {
  fileprivate var node: DocumentNode {
    var fields: [(String, DocumentNode)] = [("id", .init(.string(id))), ("version", .init(.string(version)))]
    if !detectedVersion.isEmpty { fields.append(("detected_version", .init(.string(detectedVersion)))) }
    fields += [
      ("text", .init(.string(text))), ("node_type", .init(.string(nodeType))),
      ("tests", .init(.array(groups.map(\.node)))),
    ]
    return DocumentNode.object(fields + summary.fields)
  }

  fileprivate init(_ node: DocumentNode) throws(DocumentError) {
    self.init(
      id: node["id"]?.text ?? "", version: node["version"]?.text ?? "", text: node["text"]?.text ?? "",
      nodeType: node["node_type"]?.text ?? "")
    detectedVersion = node["detected_version"]?.text ?? ""
    for group in node["tests"]?.elements ?? [] { groups.append(try KubeBenchReport.Group(group)) }
    summary = KubeBenchReport.Summary(node, prefix: "total_")
  }
}

extension KubeBenchReport.Group {
  fileprivate var node: DocumentNode {
    func count(_ value: Int) -> DocumentNode { .init(.int(Int64(value))) }
    return DocumentNode.object([
      ("section", .init(.string(id))), ("type", .init(.string(type))), ("pass", count(summary.pass)),
      ("fail", count(summary.fail)), ("warn", count(summary.warn)), ("info", count(summary.info)),
      ("desc", .init(.string(text))), ("results", .init(.array(checks.map(\.node)))),
    ])
  }

  fileprivate init(_ node: DocumentNode) throws(DocumentError) {
    self.init(id: node["section"]?.text ?? "", text: node["desc"]?.text ?? "")
    type = node["type"]?.text ?? ""
    summary = KubeBenchReport.Summary(node, prefix: "")
    for check in node["results"]?.elements ?? [] { checks.append(try KubeBenchReport.Check(check)) }
  }
}

extension KubeBenchReport.Check {
  package var node: DocumentNode {
    func text(_ text: String) -> DocumentNode { .init(.string(text)) }
    var fields: [(String, DocumentNode)] = [
      ("test_number", text(id)), ("test_desc", text(self.text)), ("audit", text(audit)), ("AuditEnv", text(auditEnv)),
      ("AuditConfig", text(auditConfig)), ("type", text(type)), ("remediation", text(remediation)),
      ("test_info", testInfo.map { .init(.array($0.map(text))) } ?? .null), ("status", text(state.rawValue)),
      ("actual_value", text(actual)), ("scored", .init(.bool(isScored))),
      ("IsMultiple", .init(.bool(usesMultipleValues))), ("expected_result", text(expected)),
    ]
    if !reason.isEmpty { fields.append(("reason", text(reason))) }
    return DocumentNode.object(fields)
  }

  fileprivate init(_ node: DocumentNode) throws(DocumentError) {
    self.init()
    func text(_ key: String) -> String { node[key]?.text ?? "" }
    guard let state = KubeBenchState(rawValue: text("status")) else {
      throw DocumentError(
        .syntax, "check \(text("test_number")) has the status \"\(text("status"))\", which kube-bench does not know",
        line: Int(node.line))
    }
    self.state = state
    id = text("test_number")
    self.text = text("test_desc")
    audit = text("audit")
    auditEnv = text("AuditEnv")
    auditConfig = text("AuditConfig")
    type = text("type")
    remediation = text("remediation")
    testInfo = node["test_info"]?.array?.compactMap(\.text)
    actual = text("actual_value")
    isScored = node["scored"]?.bool ?? false
    usesMultipleValues = node["IsMultiple"]?.bool ?? false
    expected = text("expected_result")
    reason = text("reason")
  }
}
