/// A long-running piece of work, for progress displays.
package enum Activity: Sendable {
  case readingInput
  case readingLayers
  case readingImages
  case verifyingImages
  case askingRegistries
  case readingAdvisories
}

/// Called now and then with the finished part of an activity and its total.
package typealias ProgressHandler = @Sendable (_ activity: Activity, _ done: Int, _ total: Int) -> Void
