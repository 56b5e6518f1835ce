internal import CurlTransport

/// The time of a run: the most of it is for reading, and what is left then for telling what came out.
///
/// Sources that take all their time so leave enough to commit and to deliver; alerts that find none wait in the outbox.
struct RunTime: Sendable {
  /// `policy.deadline`.
  let whole: Duration
  private let start = ContinuousClock.now

  init(seconds: Int64) { whole = .seconds(seconds) }

  /// For all sources together, from the start of the run.
  var reading: Deadline { Deadline(whole * 0.9, giver: "policy.deadline leaves for reading") }

  /// For what comes after, from now.
  var telling: Deadline {
    Deadline(
      max(whole - (ContinuousClock.now - start), .milliseconds(1)),
      giver: "policy.deadline leaves after the reading")
  }
}

extension Configuration {
  /// How long the requests of each source may take: what its `deadline` says, or three quarters of the run's, so that
  /// one that never ends leaves time for those that wait for it.
  var sourceDeadlines: [String: Deadline] {
    sources.mapValues { source in
      if let seconds = source.deadline {
        return Deadline(.seconds(seconds), giver: "sources.\(source.name).deadline gives")
      }
      return Deadline(
        .seconds(policy.deadline) * 0.75,
        giver:
          "\(source.name) has of policy.deadline (sources.\(source.name).deadline gives others)")
    }
  }
}
