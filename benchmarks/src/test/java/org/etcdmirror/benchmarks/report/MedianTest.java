package org.etcdmirror.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {

  @Test
  void isTheFigureInTheMiddleHoweverFarTheOthersAre() {
    assertThat(Median.of(List.of(900.0, 1.0, 3.0))).isEqualTo(3);
  }

  @Test
  void isTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
    assertThat(Median.of(List.of(900.0, 5.0, 1.0, 3.0))).isEqualTo(4);
  }

  @Test
  void refusesNoFigures() {
    assertThatThrownBy(() -> Median.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
