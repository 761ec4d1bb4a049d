import Events
import Findings
import Operations
import Testing

@Suite struct RetentionSettingsTests {
  private static func settings(_ source: String) throws -> RetentionSettings {
    try RetentionSettings(age: nil, size: nil, sources: [RetentionSettings.Text(source, "--retain-source")])
  }

  /// A name that no event has would leave its events to the general rule, which deletes them.
  @Test func sourcesAreKnown() throws {
    #expect(try Self.settings("kubernetes.audit=365d").sources == [.kubernetesAudit: 365 * 86_400_000_000_000])
    #expect(try Self.settings("text.log=1d").sources.keys.contains(.text))
    for (text, hint) in [("kuberntes.audit=365d", "is kubernetes.audit meant?"), ("nothing=1d", "events sources")] {
      do throws(BartizanError) {
        _ = try RetentionSettings(age: nil, size: nil, sources: [RetentionSettings.Text(text, "--retain-source")])
        Issue.record("\(text) was taken")
      } catch { #expect(error.code == .usage && error.message.contains(hint), "\(error.message)") }
    }
  }
}
