internal import Synchronization

/// Reads the pages of one list ahead of its consumer and hands them over in order.
///
/// A page that names the next one starts it at once, from libcurl's thread when the name stands in the headers. When a page is
/// tried again and its second reply names another next page than the first, what was started on the first one's
/// word is dropped: it might begin behind an item that the second reply no longer holds.
final class PageReader: Sendable {
  private typealias PageResult = Result<HTTPResponse, TransportError>

  /// One page that is on its way or waits for the consumer.
  private final class Fetch: Sendable {
    let number: Int
    let step: PageStep

    init(_ number: Int, _ step: PageStep) {
      self.number = number
      self.step = step
    }
  }

  private struct Entry {
    let fetch: Fetch
    let task: Task<PageResult, Never>
    var plan: PagePlan?
  }

  private struct State {
    var entries: [Entry] = []
    /// The page behind the last entry, when there is no room for it yet.
    var waiting: (number: Int, step: PageStep)?
    var seen: Set<String> = []
    var isStarted = false
    var isAwaited = false
    var isOver = false
    /// What the consumer gets, once, when it has got all entries.
    var ending: TransportError?
    var itemCount = 0
    var pagesWithoutNews = 0
  }

  private let source: HTTPSource
  private let first: HTTPRequest
  private let style: PagingStyle
  private let items: (@Sendable (HTTPResponse) throws -> PageItems)?
  private let state = Mutex(State())

  init(
    source: HTTPSource, first: HTTPRequest, style: PagingStyle,
    items: (@Sendable (HTTPResponse) throws -> PageItems)?
  ) {
    self.source = source
    self.first = first
    self.style = style
    self.items = items
  }

  // MARK: The consumer's side

  func next() async throws(TransportError) -> HTTPResponse? {
    start()
    state.withLock { $0.isAwaited = true }
    beginWaiting()
    let (entry, ending) = state.withLock { state -> (Entry?, TransportError?) in
      if let entry = state.entries.first { return (entry, nil) }
      state.isOver = true
      defer { state.ending = nil }
      return (nil, state.ending)
    }
    if let ending { throw ending }
    guard let entry else { return nil }
    let result = await withTaskCancellationHandler {
      await entry.task.value
    } onCancel: {
      // The page may still come through; what must not come is a nil that looks like the end.
      stop(failure(entry.fetch, .cancelled, CurlFailure.cancelled.detail))
    }
    switch result {
    case .success(let page):
      try check(page, entry.fetch)
      advance(past: entry.fetch)
      return page
    case .failure(let error):
      stop(nil)
      throw error.onPage(entry.fetch.number)
    }
  }

  /// Ends all requests; the sequence is over.
  ///
  /// - Parameter ending: what the consumer gets if it asks for another page.
  func stop(_ ending: TransportError?) {
    let tasks = state.withLock { state in
      state.isOver = true
      state.ending = ending
      state.waiting = nil
      defer { state.entries = [] }
      return state.entries.map(\.task)
    }
    for task in tasks { task.cancel() }
  }

  private func start() {
    let step: PageStep? = state.withLock { state in
      guard !state.isStarted else { return nil }
      state.isStarted = true
      let step = PageStep.first(first, style)
      if let key = step.key { state.seen.insert(key) }
      return step
    }
    if let step { begin(1, step) }
  }

  /// Takes a delivered page off the list.
  private func advance(past fetch: Fetch) {
    state.withLock { state in
      state.isAwaited = false
      state.entries.removeAll { $0.fetch === fetch }
    }
    beginWaiting()
  }

  /// Starts the page that waited for room, if there is some now.
  private func beginWaiting() {
    let next = state.withLock { state -> (number: Int, step: PageStep)? in
      guard hasRoom(state), let waiting = state.waiting else { return nil }
      state.waiting = nil
      return waiting
    }
    if let next { begin(next.number, next.step) }
  }

  /// Whether one more page may be under way: so many as the policy says are ahead of the one awaited.
  private func hasRoom(_ state: borrowing State) -> Bool {
    state.entries.count < max(0, source.policy.prefetch) + (state.isAwaited ? 1 : 0)
  }

  /// The guards that need to know what is on a page.
  private func check(_ page: HTTPResponse, _ fetch: Fetch) throws(TransportError) {
    guard let items else { return }
    let found: PageItems
    do {
      found = try items(page)
    } catch {
      stop(nil)
      throw unreadable(error, fetch)
    }
    let refusal = state.withLock { state -> TransportError? in
      state.itemCount += max(0, found.count)
      if let most = source.policy.maxItems, state.itemCount > most {
        return failure(fetch, .tooManyItems, "The list has more than the \(most) items allowed.")
      }
      // An empty page may well name a next one; items that were all there before are a circle.
      let isRepetition = found.count > 0 && found.new == 0
      state.pagesWithoutNews = isRepetition ? state.pagesWithoutNews + 1 : 0
      return state.pagesWithoutNews < 2
        ? nil : failure(fetch, .cursorLoop, "Two pages in a row hold nothing new.")
    }
    if let refusal {
      stop(nil)
      throw refusal
    }
  }

  // MARK: The requests' side

  private func begin(_ number: Int, _ step: PageStep) {
    let fetch = Fetch(number, step)
    state.withLock { state in
      guard !state.isOver else { return }
      state.entries.append(Entry(fetch: fetch, task: Task { await self.read(fetch) }))
    }
  }

  private func read(_ fetch: Fetch) async -> PageResult {
    var onHead: HeadObserver?
    if style.readsHeaders { onHead = { self.readHead($0, fetch) } }
    do throws(TransportError) {
      let page = try await source.perform(
        fetch.step.request, page: fetch.number, isConditional: style.isConditional,
        onHead: onHead)
      guard page.isSuccess else {
        return .failure(
          TransportError(
            .status, source: source.name, request: redacted(fetch),
            page: fetch.number, status: page.status,
            detail: "The source answered \(page.status).", response: page))
      }
      let plan: PagePlan
      do {
        plan = try style.plan(after: fetch.step, page) { failure(fetch, $0, $1) }
      } catch {
        plan = .failure(unreadable(error, fetch))
      }
      settle(plan, after: fetch)
      return .success(page)
    } catch {
      return .failure(error)
    }
  }

  private func readHead(_ head: ResponseHead, _ fetch: Fetch) {
    guard (200..<300).contains(head.status) else { return }
    let plan = style.plan(after: fetch.step, head: head) { failure(fetch, $0, $1) }
    // Only a page is worth starting early; an end or a failure is settled with the whole reply.
    if case .page = plan { settle(plan, after: fetch) }
  }

  /// Notes what comes behind a page and starts it when there is room.
  private func settle(_ plan: PagePlan, after fetch: Fetch) {
    var dropped: [Task<PageResult, Never>] = []
    let next: PageStep? = state.withLock { state in
      guard !state.isOver,
        let index = state.entries.firstIndex(where: { $0.fetch === fetch })
      else { return nil }
      if let known = state.entries[index].plan?.name, known == plan.name { return nil }
      if state.entries[index].plan != nil { dropped = Self.drop(behind: index, &state) }
      state.entries[index].plan = plan
      state.ending = nil
      switch plan {
      case .end:
        return nil
      case .failure(let error):
        state.ending = error
        return nil
      case .page(let step):
        if let refusal = refusal(of: step, after: fetch, state) {
          state.ending = refusal
          return nil
        }
        if let key = step.key { state.seen.insert(key) }
        guard hasRoom(state) else {
          state.waiting = (fetch.number + 1, step)
          return nil
        }
        return step
      }
    }
    for task in dropped { task.cancel() }
    if let next { begin(fetch.number + 1, next) }
  }

  private func refusal(
    of step: PageStep, after fetch: Fetch, _ state: borrowing State
  ) -> TransportError? {
    if fetch.number >= source.policy.maxPages {
      return failure(
        fetch, .tooManyPages, "The list has more than the \(source.policy.maxPages) pages allowed.")
    }
    if let key = step.key, state.seen.contains(key) {
      return failure(fetch, .cursorLoop, "The page names a next page that was read before.")
    }
    return nil
  }

  /// Forgets everything behind an entry.
  private static func drop(
    behind index: Int, _ state: inout State
  ) -> [Task<PageResult, Never>] {
    let dropped = state.entries[(index + 1)...]
    state.entries.removeSubrange((index + 1)...)
    for step in dropped.map(\.fetch.step) + [state.waiting?.step].compactMap({ $0 }) {
      if let key = step.key { state.seen.remove(key) }
    }
    state.waiting = nil
    return dropped.map(\.task)
  }

  // MARK: Failures

  private func failure(
    _ fetch: Fetch, _ code: TransportError.Code, _ detail: String
  ) -> TransportError {
    TransportError(
      code, source: source.name, request: redacted(fetch), page: fetch.number,
      detail: source.secrets.strike(detail))
  }

  /// A request as it may be shown: a server named its URL.
  private func redacted(_ fetch: Fetch) -> RedactedRequest {
    fetch.step.request.redacted.struck(by: source.secrets)
  }

  private func unreadable(_ error: any Error, _ fetch: Fetch) -> TransportError {
    if let error = error as? TransportError { return error.onPage(fetch.number) }
    return TransportError(
      .protocolViolation, source: source.name, request: redacted(fetch),
      page: fetch.number, detail: "The page cannot be read.", cause: error)
  }
}
