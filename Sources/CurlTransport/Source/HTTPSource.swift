internal import Foundation
internal import Logging
internal import Synchronization

/// One source and the rules for it: how many requests at once, how patient, how much of its limit.
///
/// The limits, budgets and figures belong to the object, so make one per source and run. It keeps its transport
/// alive.
public final class HTTPSource: Sendable {
  /// The name, as in the configuration.
  public let name: String

  let rules: SourceRules
  let gate: ConcurrencyGate
  let governor: RateGovernor
  let budget: RetryBudget
  let time: TimeBudget
  let secrets: SecretGate
  let clock: TransportClock
  let logger: Logger
  let loop: CurlLoop
  private let owner: HTTPTransport
  private let figures = Mutex(SourceStatistics())

  init(_ name: String, policy: SourcePolicy, owner: HTTPTransport) {
    self.name = name
    self.owner = owner
    loop = owner.loop
    logger = owner.logger
    clock = owner.configuration.clock
    rules = SourceRules(policy, owner.configuration)
    gate = ConcurrencyGate(limit: policy.maxConcurrent)
    governor = RateGovernor(policy: policy, clock: clock)
    budget = RetryBudget(policy.retry)
    time = TimeBudget(
      own: owner.configuration.sourceDeadlines[name], shared: owner.configuration.deadline,
      start: owner.start, clock: clock)
    secrets = owner.secrets(of: name)
  }

  /// The rules of the source.
  public var policy: SourcePolicy { rules.policy }

  /// What the source has cost so far.
  public var statistics: SourceStatistics { figures.withLock { $0 } }

  /// Sends a request and gives the whole reply, whatever its status.
  ///
  /// Idempotent requests are repeated within the budget; what is returned, also after the last try, is the
  /// vendor's last word. A 304 to a condition of ours gives the reply out of the cache.
  /// - Throws: ``TransportError``; `.redirect` for a redirect that the policy does not follow,
  ///   `.unexpectedContent` for a 2xx with a web page where JSON is expected, `.deadline` when the time of the source or of
  ///   the whole is over.
  public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    try await perform(request, page: nil, isConditional: true, onHead: nil)
  }

  /// Reads a list page by page, in order.
  ///
  /// Each page is a 2xx, or the one in the cache that a 304 confirmed; the next one is asked for as soon as its
  /// name is known, and at most `prefetch` pages are ahead of the reader.
  /// - Parameter items: counts the items of a page for the guards; runs in the reader's task.
  /// - Throws: on iteration ``TransportError`` with the number of the page: `.status` with the reply for anything
  ///   but a 2xx, `.cursorLoop`, `.tooManyPages`, `.tooManyItems`, `.foreignOrigin`,
  ///   `.protocolViolation`, and what ``send(_:)`` throws.
  public func pages(
    _ first: HTTPRequest, _ style: PagingStyle,
    counting items: (@Sendable (HTTPResponse) throws -> PageItems)? = nil
  ) -> PageSequence {
    PageSequence(source: self, first: first, style: style, items: items)
  }

  /// Waits as a part of a reply asks for it, such as one of a batch.
  ///
  /// - Returns: false when the task was cancelled, or when there is not that much time.
  public func pause(_ duration: Duration) async -> Bool {
    if let left = time.left, left.duration <= duration { return false }
    return await wait(duration)
  }

  // MARK: For the other files of this folder

  /// Adds to the figures.
  func count(_ change: (inout SourceStatistics) -> Void) {
    figures.withLock { change(&$0) }
  }

  /// Takes in how far our clock is from theirs.
  func note(_ skew: ClockSkew?) {
    if let skew { owner.note(skew, of: name) }
  }

  /// Waits, and counts the time as spent on the vendor's account.
  ///
  /// - Returns: false when the task was cancelled.
  func wait(_ duration: Duration) async -> Bool {
    do {
      try await clock.sleep(duration)
    } catch {
      return false
    }
    count { $0.waited += duration }
    return !Task.isCancelled
  }
}
