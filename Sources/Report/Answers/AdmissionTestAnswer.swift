package import Bytes

/// Unit tests of policies (`admission test`).
package struct AdmissionTestAnswer: KindOfAnswer {
  package static let kind = "AdmissionTest"
  package static let formats: [OutputFormat] = [.table, .json, .junit]

  /// How a test case came out.
  package enum Result: Sendable, Equatable {
    case passed
    case failed(String)
    /// It cannot be told whether it passes, because …
    case notEvaluated(String)
  }

  /// One case of a test file, with its result.
  package struct Case: Sendable {
    package let file: String
    package let name: String
    package let result: Result

    package init(file: String, name: String, result: Result) {
      self.file = file
      self.name = name
      self.result = result
    }
  }

  private let cases: [Case]

  package init(_ cases: [Case]) { self.cases = cases }

  package var failures: Int { cases.count { if case .failed = $0.result { true } else { false } } }
  package var gaps: Int { cases.count { if case .notEvaluated = $0.result { true } else { false } } }

  private static func words(_ result: Result) -> (word: String, detail: String?) {
    switch result {
    case .passed: ("passed", nil)
    case .failed(let text): ("failed", text)
    case .notEvaluated(let text): ("not-evaluated", text)
    }
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .junit: sink(Array(junit.utf8))
    default: sink(Array(text(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("cases")
    writer.array(of: cases) { writer, item in
      let (word, detail) = Self.words(item.result)
      writer.object { writer in
        writer.field("file", item.file)
        writer.field("name", item.name)
        writer.field("result", word)
        writer.field("detail", detail)
      }
    }
  }

  private var junit: String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites name=\"admission\" tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(gaps)\">\n"
    var files: [String] = []
    for item in cases where !files.contains(item.file) { files.append(item.file) }
    for file in files {
      let own = cases.filter { $0.file == file }
      let answer = AdmissionTestAnswer(own)
      text +=
        "  <testsuite name=\"\(XML.escaped(file))\" tests=\"\(own.count)\" failures=\"\(answer.failures)\" errors=\"\(answer.gaps)\">\n"
      for item in own {
        text += "    <testcase name=\"\(XML.escaped(item.name))\" classname=\"\(XML.escaped(file))\""
        switch item.result {
        case .passed: text += "/>\n"
        case .failed(let message):
          text += ">\n      <failure message=\"\(XML.escaped(message))\"/>\n    </testcase>\n"
        case .notEvaluated(let reason):
          text += ">\n      <error message=\"\(XML.escaped(reason))\"/>\n    </testcase>\n"
        }
      }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for item in cases {
      let (word, detail) = Self.words(item.result)
      let head = "\(item.file): \(item.name)"
      switch item.result {
      case .passed: text += "passed  \(Terminal.printable(head))\n"
      default:
        text += "\(word.uppercased())  \(Terminal.printable(head))\n"
        text += terminal.wrapped(detail ?? "", indent: 8) + "\n"
      }
    }
    return text
      + "\(Phrase.count(cases.count, "test")): \(cases.count - failures - gaps) passed, \(failures) failed, \(gaps) not evaluated.\n"
  }
}
