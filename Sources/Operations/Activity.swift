/// A long piece of work, for whoever shows how far it is.
package enum Activity: Sendable {
  case readingInput
  case readingLayers
  case readingImages
  case askingRegistries
  case readingAdvisories
}

/// Told now and then how much of a piece of work is done, and of how much.
package typealias ProgressHandler = @Sendable (_ activity: Activity, _ done: Int, _ total: Int) -> Void
