package io.telemetryrouter.internal.registry;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.lane.ContextPropagation;
import io.telemetryrouter.internal.lane.LaneExecutor;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;

class HandlerTableTests {

	private static final RouterSnapshot.Defaults DEFAULTS = new RouterSnapshot.Defaults(10, 0,
			OverflowPolicy.DROP_NEWEST);

	private final SampleBuffers samples = new SampleBuffers(DispatchStacks.SLOTS);

	private final HandlerTable table = new HandlerTable();

	private final HandlerRegistry registry = registry(this.table, true);

	private HandlerRegistry registry(HandlerTable handlers, boolean measured) {
		Ticker ticker = new Ticker(null);
		Reporter reporter = new Reporter(new LogWriter(System.getLogger("silence"), null), ticker);
		Announcements announcements = new Announcements(reporter);
		LaneServices lanes = new LaneServices(new LaneExecutor(null), new ContextPropagation(null, reporter),
				this.samples, reporter, InstantSource.system(), ticker, measured, () -> true, 0, 0, (event) -> false,
				new Recording(new EnvelopeSource(InstantSource.system(), ticker, new Runs()), ticker));
		HandlerServices services = new HandlerServices(lanes, List.of(), QuarantineSettings.disabled());
		return new HandlerRegistry(services, handlers, new TrackedEvents(100, new SampleBuffers(1), announcements),
				announcements, new CallSites(reporter, 1000));
	}

	private Handler handler(String id) {
		return handler(id, this.registry);
	}

	private static Handler handler(String id, HandlerRegistry of) {
		HandlerSpec<Object> spec = HandlerSpec.on("event").handler((event, payload) -> {
		}).build();
		return new Handler(new HandlerOptions(id, spec, "test", DEFAULTS), spec, services(of), of);
	}

	private static HandlerServices services(HandlerRegistry of) {
		try {
			var field = HandlerRegistry.class.getDeclaredField("services");
			field.setAccessible(true);
			return (HandlerServices) field.get(of);
		}
		catch (ReflectiveOperationException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void count(Handler handler, long offered, long handled, long dropped) {
		handler.metrics.counters.add(Counters.OFFERED, offered);
		for (long i = 0; i < handled; i++) {
			handler.metrics.latency.record(1, null);
		}
		handler.metrics.counters.drop(DropReason.CLOSED, dropped);
	}

	private List<Handler> all() {
		List<Handler> all = new ArrayList<>();
		this.table.forEach(all::add);
		return all;
	}

	@Test
	void whenHandlerIsAddedThenItIsActive() {
		Handler first = handler("first");
		Handler second = handler("second");
		assertThat(this.table.add(second)).isTrue();
		assertThat(this.table.add(first)).isTrue();
		assertThat(this.table.get("first")).isSameAs(first);
		assertThat(this.table.get(first.options.number)).isSameAs(first);
		assertThat(this.table.active()).containsExactly(first, second);
		assertThat(all()).containsExactly(first, second);
		assertThat(this.table.accounts().active()).containsOnlyKeys(first, second);
	}

	@Test
	void whenIdIsTakenThenHandlerIsNotAdded() {
		Handler first = handler("same");
		Handler second = handler("same");
		assertThat(this.table.add(first)).isTrue();
		assertThat(this.table.add(second)).isFalse();
		assertThat(this.table.get("same")).isSameAs(first);
		assertThat(this.table.get(second.options.number)).isNull();
		assertThat(this.table.leave(second)).isFalse();
		assertThat(all()).containsExactly(first);
	}

	@Test
	void whenHandlerLeavesThenItsIdIsFreeAndItsAccountIsAmongTheRetired() {
		Handler handler = handler("same");
		this.table.add(handler);
		count(handler, 5, 2, 1);
		assertThat(this.table.leave(handler)).isTrue();
		assertThat(this.table.leave(handler)).isFalse();
		assertThat(handler.state).isEqualTo(HandlerTable.State.LEAVING);
		assertThat(this.table.get("same")).isNull();
		assertThat(this.table.get(handler.options.number)).isSameAs(handler);
		assertThat(this.table.active()).isEmpty();
		assertThat(all()).containsExactly(handler);
		HandlerTable.Accounts accounts = this.table.accounts();
		assertThat(accounts.active()).isEmpty();
		assertThat(accounts.retired().offered()).isEqualTo(5);
		assertThat(accounts.retired().handled()).isEqualTo(2);
		assertThat(accounts.retired().droppedTotal()).isOne();
		assertThat(this.table.add(handler("same"))).isTrue();
	}

	@Test
	void whenAccountOfALeavingHandlerDoesNotBalanceThenItStays() {
		Handler handler = handler("handler");
		this.table.add(handler);
		count(handler, 1, 0, 0);
		this.table.leave(handler);
		this.table.retire(handler);
		this.table.retireAll();
		assertThat(handler.state).isEqualTo(HandlerTable.State.LEAVING);
		assertThat(all()).containsExactly(handler);
		count(handler, 0, 1, 0);
		this.table.retireAll();
		assertThat(handler.state).isEqualTo(HandlerTable.State.GONE);
		assertThat(all()).isEmpty();
	}

	@Test
	void whenACallOfALeavingHandlerRunsThenItStays() {
		Handler handler = handler("handler");
		this.table.add(handler);
		count(handler, 1, 0, 0);
		this.table.leave(handler);
		DispatchStack stack = DispatchStacks.acquire();
		DispatchFrame frame = stack.enter("event", null);
		frame.running(handler.options.number);
		try {
			assertThat(this.table.accounts().retired().running()).isOne();
			assertThat(handler.account().isBalanced()).isTrue();
			this.table.retire(handler);
			assertThat(handler.state).isEqualTo(HandlerTable.State.LEAVING);
		}
		finally {
			stack.exit(frame);
			stack.giveBack();
		}
	}

	@Test
	void whenHandlerIsActiveThenItIsNotRetired() {
		Handler handler = handler("handler");
		this.table.add(handler);
		this.table.retire(handler);
		this.table.retireAll();
		assertThat(handler.state).isEqualTo(HandlerTable.State.ACTIVE);
		assertThat(this.table.active()).containsExactly(handler);
	}

	@Test
	void whenHandlersHaveGoneThenTheirCountsStayAndWhatComesLateIsIgnored() {
		for (int i = 1; i <= 3; i++) {
			Handler handler = handler("handler");
			this.table.add(handler);
			count(handler, 3 * i, 2 * i, i);
			this.table.leave(handler);
			HandlerAccount before = this.table.accounts().retired();
			this.table.retire(handler);
			this.table.retire(handler);
			assertThat(this.table.get(handler.options.number)).isNull();
			assertThat(this.table.accounts().retired()).isEqualTo(before);
			assertThat(handler.account().offered()).isEqualTo(3L * i);
			count(handler, 1, 0, 1);
			assertThat(handler.account().offered()).isEqualTo(3L * i);
		}
		HandlerAccount retired = this.table.accounts().retired();
		assertThat(retired.offered()).isEqualTo(18);
		assertThat(retired.handled()).isEqualTo(12);
		assertThat(retired.dropped()).containsEntry(DropReason.CLOSED, 6L);
		assertThat(retired.isBalanced()).isTrue();
	}

	@Test
	void whenCallsWereNotMeasuredThenWhatIsLeftOfTheOfferedWasHandled() {
		HandlerRegistry unmeasured = registry(this.table, false);
		Handler handler = handler("handler", unmeasured);
		this.table.add(handler);
		count(handler, 10, 0, 3);
		this.table.leave(handler);
		assertThat(this.table.accounts().retired().handled()).isEqualTo(7);
		this.table.retire(handler);
		assertThat(handler.state).isEqualTo(HandlerTable.State.GONE);
		assertThat(this.table.accounts().retired().handled()).isEqualTo(7);
		// Fails after it has gone.
		handler.metrics.counters.add(Counters.FAILED, 1);
		HandlerAccount retired = this.table.accounts().retired();
		assertThat(retired.handled()).isEqualTo(6);
		assertThat(retired.failed()).isOne();
		assertThat(retired.isBalanced()).isTrue();
	}

	@Test
	void whenAccountsAreReadThenHandlersMayComeAndGo() throws Exception {
		Handler slow = handler("slow");
		this.table.add(slow);
		CountDownLatch reading = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		slow.metrics.routes.add(new OfferedEvents() {

			@Override
			public void reconcile() {
				reading.countDown();
				try {
					assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
				}
				catch (InterruptedException ex) {
					throw new AssertionError(ex);
				}
			}

			@Override
			public void invalidate() {
			}

		});
		Handler leaving = handler("leaving");
		this.table.add(leaving);
		count(leaving, 3, 2, 1);
		ExecutorService pool = Executors.newFixedThreadPool(2);
		try {
			Future<HandlerTable.Accounts> accounts = pool.submit(this.table::accounts);
			assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
			pool.submit(() -> {
				this.table.leave(leaving);
				this.table.retire(leaving);
				this.table.add(handler("leaving"));
			}).get(30, TimeUnit.SECONDS);
			gate.countDown();
			HandlerTable.Accounts read = accounts.get(30, TimeUnit.SECONDS);
			assertThat(read.active()).containsOnlyKeys(slow);
			assertThat(read.retired().offered()).isEqualTo(3);
		}
		finally {
			gate.countDown();
			pool.shutdownNow();
		}
	}

	@Test
	@Tag("stress")
	void whenHandlersComeAndGoThenEveryReaderFindsEachInOnePartAndThoseWithEventsAlways() throws Exception {
		Handler staying = handler("staying");
		this.table.add(staying);
		Handler leaving = handler("leaving");
		this.table.add(leaving);
		// One event is never handled.
		count(leaving, 1, 0, 0);
		AtomicBoolean done = new AtomicBoolean();
		ExecutorService pool = Executors.newFixedThreadPool(2);
		try {
			Future<?> reader = pool.submit(() -> {
				long before = 0;
				while (!done.get()) {
					assertThat(all()).contains(staying, leaving);
					HandlerTable.Accounts accounts = this.table.accounts();
					long offered = accounts.retired().offered();
					for (HandlerAccount account : accounts.active().values()) {
						offered += account.offered();
					}
					assertThat(offered).isGreaterThanOrEqualTo(before);
					before = offered;
				}
			});
			for (int i = 0; i < 3000; i++) {
				Handler handler = handler("handler");
				assertThat(this.table.add(handler)).isTrue();
				count(handler, 2, 1, 1);
				if (i == 1500) {
					this.table.leave(leaving);
				}
				assertThat(this.table.leave(handler)).isTrue();
				this.table.retire(handler);
			}
			done.set(true);
			reader.get(30, TimeUnit.SECONDS);
		}
		finally {
			done.set(true);
			pool.shutdownNow();
		}
		assertThat(this.table.accounts().retired().offered()).isEqualTo(6001);
		assertThat(all()).containsExactly(staying, leaving);
	}

}
