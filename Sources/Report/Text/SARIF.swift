import Bytes
import Findings

/// What all logs in SARIF have in common. Source: SARIF 2.1.0 (OASIS standard, 2020).
enum SARIF {
  /// One log with one run.
  ///
  /// - Parameters:
  ///   - version: of the program; nil for none.
  ///   - rules: that results refer to, and how one of them is written.
  ///   - run: writes the rest of the run, from its invocations on.
  static func log<Rule>(
    version: String?, rules: [Rule], rule: (Rule, inout JSONWriter) -> Void, to sink: ([UInt8]) -> Void,
    run: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      writer.field("version", "2.1.0")
      writer.key("runs")
      writer.array { writer in
        writer.object { writer in
          writer.key("tool")
          writer.object { writer in
            writer.key("driver")
            writer.object { writer in
              writer.field("name", "Bartizan")
              if let version { writer.field("semanticVersion", version) }
              writer.field("informationUri", "https://bartizan.dev")
              writer.key("rules")
              writer.array(of: rules) { rule($1, &$0) }
            }
          }
          run(&writer)
        }
      }
    }
    writer.endLine()
    writer.drain(to: sink, atLeast: 0)
  }

  /// The physical location of a result: file, and line and column where they are known (both from 1).
  static func location(_ location: Location, _ writer: inout JSONWriter) {
    writer.key("physicalLocation")
    writer.object { writer in
      writer.key("artifactLocation")
      writer.object { $0.field("uri", uri(location.file)) }
      if location.line > 0 {
        writer.key("region")
        writer.object { writer in
          writer.field("startLine", location.line)
          if location.column > 0 { writer.field("startColumn", location.column) }
        }
      }
    }
  }

  /// A message of SARIF, which is an object with a text.
  static func text(_ key: String, _ text: String, _ writer: inout JSONWriter) {
    writer.key(key)
    writer.object { $0.field("text", text) }
  }

  /// A relative or absolute path as a URI reference (RFC 3986).
  static func uri(_ path: String) -> String {
    var result = path.hasPrefix("/") ? "file://" : ""
    let trimmed = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
    for byte in trimmed.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: "+"), UInt8(ascii: "="),
        UInt8(ascii: "@"), UInt8(ascii: ","):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        result += "%" + (hex.utf8.count == 1 ? "0" : "") + hex
      }
    }
    return result
  }

  /// The level of a result. SARIF has none between an error and a warning, and no critical one.
  static func level(_ severity: Severity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "note"
    }
  }

  /// GitHub ranks results by this CVSS-like score, which is a string.
  static func score(_ severity: Severity) -> String {
    switch severity {
    case .critical: "9.5"
    case .high: "8.0"
    case .medium: "5.5"
    case .low: "3.0"
    case .info: "0.5"
    }
  }
}
