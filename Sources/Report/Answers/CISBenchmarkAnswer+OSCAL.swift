import Bytes
import Findings
import Kube
import Posture

/// OSCAL assessment results: an observation for each check with its evidence, and a finding for each that is about the cluster.
///
/// Source: NIST OSCAL 1.1.2, `oscal_assessment-results_schema.json`. A control's objective is satisfied or it is not, in
/// OSCAL's terms: what was not evaluated is not satisfied, for another reason than failure.
extension CISBenchmarkAnswer {
  private static let version = "1.1.2"
  /// The namespace of properties that OSCAL does not name.
  private static let namespace = "https://bartizan.dev/ns/oscal"

  /// - Parameter moment: of the assessment, RFC 3339.
  func oscal(moment: String, to sink: ([UInt8]) -> Void) {
    let edition = "cis-\(review.edition.rawValue)"
    // The same results at the same time have the same names.
    let seed = [edition, moment] + sources + review.results.map { $0.number + $0.verdict.status.name }
    let root = Fingerprint(seed).text
    func identifier(_ parts: String...) -> String { Self.identifier([root] + parts) }
    let nodes = Array(Set(review.results.flatMap { $0.nodes.map(\.name) })).sorted()
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.key("assessment-results")
      writer.object { writer in
        writer.field("uuid", identifier("results"))
        writer.key("metadata")
        writer.object { writer in
          writer.field("title", "CIS Kubernetes Benchmark \(review.edition.rawValue)")
          writer.field("last-modified", moment)
          writer.field("version", toolVersion)
          writer.field("oscal-version", Self.version)
        }
        writer.key("import-ap")
        writer.object { $0.field("href", "#" + identifier("plan")) }
        writer.key("results")
        writer.array(of: [review]) { writer, review in
          writer.object { writer in
            writer.field("uuid", identifier("result"))
            writer.field("title", "Bartizan: CIS Kubernetes Benchmark \(review.edition.rawValue)")
            writer.field(
              "description",
              "Judged by evaluation of \(sources.isEmpty ? "a cluster" : sources.joined(separator: ", "))"
                + (notSeen.isEmpty
                  ? "."
                  : "; not seen: " + notSeen.map { "\($0.kind.text) (\($0.reason))" }.joined(separator: "; ") + "."))
            writer.field("start", min(review.collected.values.min() ?? moment, moment))
            writer.field("end", moment)
            if !nodes.isEmpty {
              writer.key("local-definitions")
              writer.object { writer in
                writer.key("inventory-items")
                writer.array(of: nodes) { writer, name in
                  writer.object { writer in
                    writer.field("uuid", identifier("node", name))
                    writer.field("description", "Node \(Self.line(name))")
                  }
                }
              }
            }
            writer.key("reviewed-controls")
            writer.object { writer in
              writer.key("control-selections")
              writer.array(of: [edition]) { writer, _ in
                writer.object { writer in
                  writer.field(
                    "description", "Recommendations of the CIS Kubernetes Benchmark \(review.edition.rawValue)")
                  writer.key("include-controls")
                  writer.array(of: review.results) { writer, result in
                    writer.object { $0.field("control-id", "cis-" + result.number) }
                  }
                }
              }
            }
            writer.key("observations")
            writer.array(of: review.results) { writer, result in
              writer.object { writer in
                writer.field("uuid", identifier("observation", result.number))
                writer.field("title", "\(result.number) \(result.title)")
                writer.field("description", "Expected: \(result.expected).")
                writer.key("props")
                writer.array(of: Self.properties(result)) { writer, property in
                  writer.object { writer in
                    writer.field("name", property.name)
                    writer.field("ns", Self.namespace)
                    writer.field("value", property.value)
                  }
                }
                writer.field("methods", ["EXAMINE"])
                let own = result.nodes.filter { !$0.verdict.status.isExempt }
                if !own.isEmpty {
                  writer.key("subjects")
                  writer.array(of: own) { writer, node in
                    writer.object { writer in
                      writer.field("subject-uuid", identifier("node", node.name))
                      writer.field("type", "inventory-item")
                      writer.field("title", Self.line(node.name))
                    }
                  }
                }
                if !result.verdict.evidence.isEmpty {
                  writer.key("relevant-evidence")
                  writer.array(of: result.verdict.evidence) { writer, item in
                    writer.object { $0.field("description", Self.line(item.text)) }
                  }
                }
                // What was seen of nodes was seen when their records were made, the first of them.
                writer.field("collected", own.compactMap { review.collected[$0.name] }.min() ?? moment)
              }
              writer.drain(to: sink)
            }
            let judged = review.results.filter { !$0.verdict.status.isExempt }
            if !judged.isEmpty {
              writer.key("findings")
              writer.array(of: judged) { writer, result in
                let status = result.verdict.status
                writer.object { writer in
                  writer.field("uuid", identifier("finding", result.number))
                  writer.field("title", "\(result.number) \(result.title)")
                  writer.field(
                    "description",
                    status == .fail
                      ? result.remedy.map { "Remedy: \(Self.line($0))" } ?? "It fails."
                      : status.reason.map { "\(status.name): \($0)" } ?? "It passes.")
                  writer.key("target")
                  writer.object { writer in
                    writer.field("type", "objective-id")
                    writer.field("target-id", "cis-" + result.number)
                    writer.key("status")
                    writer.object { writer in
                      writer.field("state", status == .pass ? "satisfied" : "not-satisfied")
                      writer.field("reason", status == .pass ? "pass" : status == .fail ? "fail" : "other")
                      if let reason = status.reason { writer.field("remarks", "\(status.name): \(reason)") }
                    }
                  }
                  writer.key("related-observations")
                  writer.array(of: [result.number]) { writer, number in
                    writer.object { $0.field("observation-uuid", identifier("observation", number)) }
                  }
                }
                writer.drain(to: sink)
              }
            }
          }
        }
        writer.key("back-matter")
        writer.object { writer in
          writer.key("resources")
          writer.array(of: [edition]) { writer, _ in
            writer.object { writer in
              writer.field("uuid", identifier("plan"))
              writer.field("title", "Plan of the assessment")
              writer.field(
                "description",
                "All recommendations of the benchmark, judged by evaluation of records of nodes and of objects; there is no plan of its own."
              )
            }
          }
        }
      }
    }
    writer.endLine()
    writer.drain(to: sink, atLeast: 0)
  }

  /// The status, why, and the controls of other frameworks that the check is about.
  private static func properties(_ result: BenchmarkReview.Result) -> [(name: String, value: String)] {
    [("status", result.verdict.status.name)] + (result.verdict.status.code.map { [("reason", $0)] } ?? [])
      + result.controls.map { ($0.framework.rawValue + "-control", $0.id) }
  }

  /// OSCAL's strings have no blanks at their ends, and say something.
  private static func line(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.isEmpty ? "-" : words
  }

  /// A UUID made of a hash. Source: RFC 9562; OSCAL takes versions 4 and 5 only, so its version says 5.
  private static func identifier(_ parts: [String]) -> String {
    var digits = Array(Fingerprint(parts).text)
    digits[12] = "5"
    // The variant takes the two upper bits.
    digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return text
  }
}

extension BenchmarkStatus {
  fileprivate var isExempt: Bool { if case .notApplicable = self { true } else { false } }
}
