import Bytes
import Transport

/// What Elasticsearch and OpenSearch are told before the first documents of a destination that has `retain`: how fields are
/// typed, and when an index goes.
///
/// An index holds the alerts, incidents or events of one month, by when they began, so that what grows is put over itself; the
/// policy deletes an index so many days after it was made.
/// Source: Elasticsearch, "Create or update lifecycle policy" and "Create or update index template"; OpenSearch, "Index State
/// Management API".
struct ElasticsearchSetup {
  let prefix: String
  /// Days after which an index is deleted.
  let days: Int

  /// A request of the set-up.
  struct Step {
    let path: String
    let body: [UInt8]
    /// Whether the answer 409 says that it is there already.
    let mayExist: Bool
  }

  /// - Parameter banner: the answer to `GET /`, which tells the two apart.
  func steps(_ banner: DocumentNode?) -> [Step] {
    let isOpenSearch = banner?["version"]?["distribution"]?.text == "opensearch"
    let policy =
      isOpenSearch
      ? Step(path: "/_plugins/_ism/policies/\(prefix)", body: stateManagement, mayExist: true)
      : Step(path: "/_ilm/policy/\(prefix)", body: lifecycle, mayExist: false)
    return [policy, Step(path: "/_index_template/\(prefix)", body: template(isOpenSearch), mayExist: false)]
  }

  /// The index of something that began at a moment.
  static func index(_ prefix: String, _ kind: String, _ start: Timestamp) -> String {
    "\(prefix)-\(kind)s-\(start.text.prefix(7).replacing("-", with: "."))"
  }

  /// An index is complete a month after it was made.
  private var age: Int { days + 31 }

  private var lifecycle: [UInt8] {
    JSONWriter.text { writer in
      writer.key("policy")
      writer.object { writer in
        writer.key("phases")
        writer.object { writer in
          writer.key("hot")
          writer.object { writer in
            writer.field("min_age", "0ms")
            writer.key("actions")
            writer.object { _ in }
          }
          writer.key("delete")
          writer.object { writer in
            writer.field("min_age", "\(age)d")
            writer.key("actions")
            writer.object { writer in
              writer.key("delete")
              writer.object { _ in }
            }
          }
        }
      }
    }
  }

  private var stateManagement: [UInt8] {
    JSONWriter.text { writer in
      writer.key("policy")
      writer.object { writer in
        writer.field("description", "Indexes of Bartizan go \(age) days after they were made")
        writer.field("default_state", "kept")
        writer.key("states")
        writer.array(of: ["kept", "gone"]) { writer, state in
          writer.object { writer in
            writer.field("name", state)
            writer.key("actions")
            writer.array(of: state == "gone" ? [0] : []) { writer, _ in
              writer.object { writer in
                writer.key("delete")
                writer.object { _ in }
              }
            }
            writer.key("transitions")
            writer.array(of: state == "kept" ? [0] : []) { writer, _ in
              writer.object { writer in
                writer.field("state_name", "gone")
                writer.key("conditions")
                writer.object { $0.field("min_index_age", "\(age)d") }
              }
            }
          }
        }
        writer.key("ism_template")
        writer.array(of: [0]) { writer, _ in
          writer.object { writer in
            writer.field("index_patterns", patterns)
            writer.field("priority", 100)
          }
        }
      }
    }
  }

  private var patterns: [String] { ["alerts", "incidents", "events"].map { "\(prefix)-\($0)-*" } }

  private func template(_ isOpenSearch: Bool) -> [UInt8] {
    JSONWriter.text { writer in
      writer.field("index_patterns", patterns)
      writer.field("priority", 200)
      writer.key("template")
      writer.object { writer in
        writer.key("settings")
        writer.object { writer in
          writer.field("index.number_of_shards", 1)
          if !isOpenSearch { writer.field("index.lifecycle.name", prefix) }
        }
        writer.key("mappings")
        writer.object { writer in
          // What nobody has foreseen is found by its words, and does not make an index full of fields.
          writer.field("dynamic", true)
          writer.field("date_detection", false)
          writer.key("dynamic_templates")
          writer.array(of: [0]) { writer, _ in
            writer.object { writer in
              writer.key("words")
              writer.object { writer in
                writer.field("match_mapping_type", "string")
                writer.key("mapping")
                writer.object { writer in
                  writer.field("type", "keyword")
                  writer.field("ignore_above", 1_024)
                }
              }
            }
          }
          writer.key("properties")
          writer.object { writer in
            for (name, type) in Self.types {
              writer.key(name)
              writer.object { $0.field("type", type) }
            }
          }
        }
      }
    }
  }

  private static let types = [
    ("@timestamp", "date"), ("time", "date"), ("start", "date"), ("end", "date"), ("message", "text"),
    ("title", "text"), ("story", "text"), ("eventCount", "long"),
  ]
}

extension JSONWriter {
  /// An object.
  fileprivate static func text(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object(body)
    return writer.bytes
  }
}
