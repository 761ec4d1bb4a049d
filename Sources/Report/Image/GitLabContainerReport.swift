import Bytes
import Findings
import Images

/// GitLab's container scanning report.
///
/// Source: GitLab security report schemas 15.0, `container-scanning-report-format.json`.
enum GitLabContainerReport {
  /// - Parameters:
  ///   - images: the findings of each, what it is called, and its distribution in words.
  ///   - result: the same, with what was not judged and what does not count.
  ///   - isJudged: whether anything was.
  ///   - time: end of the scan, RFC 3339 in UTC.
  static func render(
    _ images: [(findings: [ImageFinding], image: String, system: String)], _ result: ScanResult, isJudged: Bool,
    toolVersion: String, time: String
  ) -> [UInt8] {
    let all = images.flatMap { own in own.findings.map { (finding: $0, image: own.image, system: own.system) } }
    var writer = JSONWriter(pretty: true)
    GitLab.report(
      "container_scanning", status: isJudged && result.status != .failed, messages: GitLab.messages(result),
      version: toolVersion, time: time, &writer
    ) { writer in
      writer.array(of: all) { writer, item in
        let (finding, image, system) = item
        let general = finding.finding(image: image)
        writer.object { writer in
          writer.field("id", general.fingerprint.text)
          // The package stands in `location`: a name with it would be another vulnerability for each package.
          writer.field("name", finding.vulnerability)
          writer.field("description", general.message)
          writer.field("severity", severity(finding.priority.level))
          writer.field("solution", general.remediation)
          writer.key("location")
          writer.object { writer in
            writer.key("dependency")
            writer.object { writer in
              writer.key("package")
              writer.object { $0.field("name", finding.package.name) }
              writer.field("version", finding.package.version)
            }
            writer.field("operating_system", system)
            writer.field("image", image)
          }
          writer.key("identifiers")
          writer.array(of: [finding.vulnerability] + finding.otherNames) { writer, id in
            writer.object { writer in
              writer.field("type", id.prefix { $0 != "-" }.lowercased())
              writer.field("name", id)
              writer.field("value", id)
              writer.field("url", "https://osv.dev/vulnerability/\(id)")
            }
          }
          writer.key("links")
          writer.array(of: general.references) { writer, link in
            writer.object { writer in
              writer.field("name", link.title)
              writer.field("url", link.url)
            }
          }
        }
      }
    }
    writer.endLine()
    return writer.bytes
  }

  private static func severity(_ level: Priority.Level) -> String {
    switch level {
    case .exploited, .critical: "Critical"
    case .likely, .high: "High"
    case .medium: "Medium"
    case .low: "Low"
    case .unknown: "Unknown"
    }
  }
}
