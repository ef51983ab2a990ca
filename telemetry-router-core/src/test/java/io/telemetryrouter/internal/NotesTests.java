package io.telemetryrouter.internal;

import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.LatencySnapshot;

import static org.assertj.core.api.Assertions.assertThat;

class NotesTests {

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 9, 511, 512, 600 })
	void whenMoreIsNotedThanThereIsRoomForThenEachColumnHasAllOfIt(int width) {
		LatencyHistogram[] columns = histograms(width);
		Notes notes = new Notes(columns, 0);
		int rows = 1000;
		for (int row = 0; row < rows; row++) {
			assertThat(notes.begin()).isTrue();
			for (int column = 0; column < width; column++) {
				notes.note(column, row + column);
			}
		}
		notes.record();
		for (int column = 0; column < width; column++) {
			LatencySnapshot snapshot = columns[column].snapshot();
			assertThat(snapshot.count()).isEqualTo(rows);
			assertThat(snapshot.totalNanos()).isEqualTo((rows - 1L) * rows / 2 + (long) rows * column);
			assertThat(snapshot.maxNanos()).isEqualTo(rows - 1 + column);
		}
	}

	@Test
	void whenEachRowIsReadAtOnceThenItIsThereAndOnlyOnce() {
		LatencyHistogram[] columns = histograms(2);
		Notes notes = new Notes(columns, 0);
		for (int row = 1; row <= 200; row++) {
			assertThat(notes.begin()).isTrue();
			notes.note(0, row);
			notes.record();
			notes.record();
			assertThat(columns[0].count()).isEqualTo(row);
			assertThat(columns[0].snapshot().maxNanos()).isEqualTo(row);
		}
		assertThat(columns[1].count()).isZero();
	}

	@Test
	void whenNothingIsNotedInAPlaceThenNothingIsRecordedForIt() {
		LatencyHistogram[] columns = histograms(2);
		Notes notes = new Notes(columns, 0);
		for (int row = 0; row < 300; row++) {
			assertThat(notes.begin()).isTrue();
			notes.note(row % 2, 0);
		}
		notes.record();
		assertThat(Stream.of(columns)).allSatisfy((column) -> assertThat(column.count()).isEqualTo(150));
	}

	@Test
	void whenDurationIsNegativeThenItCountsAsZero() {
		LatencyHistogram[] columns = histograms(1);
		Notes notes = new Notes(columns, 0);
		notes.begin();
		notes.note(0, -5);
		notes.record();
		assertThat(columns[0].snapshot()).isEqualTo(new LatencySnapshot(1, 0, 0, 0, 0));
	}

	@Test
	void whenColumnIsOfTwoHistogramsThenBothHaveAllOfItBesideWhatEachHad() {
		LatencyHistogram[] histograms = histograms(2);
		histograms[0].record(1L << 41, 0);
		histograms[1].record(3, 0);
		Notes notes = new Notes(histograms, 1, 0);
		long total = 0;
		for (int i = 0; i < 1000; i++) {
			// Needs buckets that one or both of them do not have.
			long nanos = 1L << (i % 40);
			assertThat(notes.begin()).isTrue();
			notes.note(0, nanos);
			total += nanos;
		}
		notes.record();
		LatencySnapshot one = histograms[0].snapshot();
		assertThat(one.count()).isEqualTo(histograms[0].count()).isEqualTo(1001);
		assertThat(one.totalNanos()).isEqualTo(total + (1L << 41));
		assertThat(one.maxNanos()).isEqualTo(1L << 41);
		LatencySnapshot other = histograms[1].snapshot();
		assertThat(other.count()).isEqualTo(histograms[1].count()).isEqualTo(1001);
		assertThat(other.totalNanos()).isEqualTo(total + 3);
		assertThat(other.maxNanos()).isEqualTo(1L << 39);
		assertThat(other.p50Nanos()).isBetween(1L << 19, (1L << 20) + (1L << 16));
	}

	@Test
	void whenOthersReadMeanwhileThenNothingIsLostOrRecordedTwice() throws Exception {
		LatencyHistogram[] columns = histograms(2);
		Notes notes = new Notes(columns, 0);
		int rows = 300_000;
		FutureTask<Integer> writer = new FutureTask<>(() -> {
			int direct = 0;
			for (int row = 0; row < rows; row++) {
				// Buckets come as well as counts.
				long nanos = 1L << (row % 40);
				boolean begun = notes.begin();
				direct += begun ? 0 : 1;
				for (int column = 0; column < 2; column++) {
					if (begun) {
						notes.note(column, nanos);
					}
					else {
						columns[column].record(nanos, 0);
					}
				}
			}
			return direct;
		});
		Thread thread = new Thread(writer);
		thread.start();
		long last = 0;
		while (!writer.isDone()) {
			notes.record();
			LatencySnapshot snapshot = columns[0].snapshot();
			assertThat(snapshot.count()).isGreaterThanOrEqualTo(last);
			last = snapshot.count();
		}
		assertThat(writer.get()).isLessThan(rows);
		notes.record();
		long total = rows / 40 * ((1L << 40) - 1);
		for (LatencyHistogram column : columns) {
			assertThat(column.count()).isEqualTo(rows);
			assertThat(column.snapshot().count()).isEqualTo(rows);
			assertThat(column.snapshot().totalNanos()).isEqualTo(total);
		}
	}

	@Test
	void whenEmitsPassThenTheyAreCounted() {
		Notes notes = new Notes(histograms(0), 0);
		for (int i = 0; i < 100; i++) {
			notes.pass();
		}
		notes.record();
		assertThat(notes.passes()).isEqualTo(100);
	}

	private static LatencyHistogram[] histograms(int width) {
		return Stream.generate(LatencyHistogram::new).limit(width).toArray(LatencyHistogram[]::new);
	}

}
