package import Events

/// The templates of the messages of what was asked for, and what they rest on.
package struct MinedTemplates: Sendable {
  package let census: TemplateCensus
  /// Events that a range of time leaves out because they have no time.
  package let timeless: Int
  package let reading: EventReading

  init(census: TemplateCensus, timeless: Int = 0, reading: EventReading) {
    self.census = census
    self.timeless = timeless
    self.reading = reading
  }
}
