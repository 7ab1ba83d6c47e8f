package org.etcdmirror.simulation.model;

import java.util.Random;

/** The probabilities of faults. All are zero at first. */
public final class Faults {

  /** What becomes of one request. */
  public enum Fate {
    /** It is carried out and answered. */
    ANSWERED,
    /** It never arrives, and the caller knows. */
    REFUSED,
    /** It never arrives, and the caller times out. */
    LOST,
    /** It is carried out, and the answer is lost. */
    ANSWER_LOST,
    /** The caller hears of a failure, and it is carried out later. */
    LATE
  }

  private double refused;
  private double lost;
  private double answerLost;
  private double late;
  private double streamCut;

  /** Sets the probabilities for each request. */
  public void requests(double ofRefused, double ofLost, double ofAnswerLost, double ofLate) {
    refused = ofRefused;
    lost = ofLost;
    answerLost = ofAnswerLost;
    late = ofLate;
  }

  /** Sets the probability with which each message cuts its stream. */
  public void streams(double ofCut) {
    streamCut = ofCut;
  }

  /** From now on nothing fails. */
  public void end() {
    requests(0, 0, 0, 0);
    streams(0);
  }

  /** Whether nothing fails now. What was sent before may still be carried out. */
  public boolean isPeaceful() {
    return refused + lost + answerLost + late + streamCut == 0;
  }

  Fate draw(Random random) {
    double dice = random.nextDouble();
    if (dice < refused) {
      return Fate.REFUSED;
    }
    dice -= refused;
    if (dice < lost) {
      return Fate.LOST;
    }
    dice -= lost;
    if (dice < answerLost) {
      return Fate.ANSWER_LOST;
    }
    return dice - answerLost < late ? Fate.LATE : Fate.ANSWERED;
  }

  boolean cuts(Random random) {
    return streamCut > 0 && random.nextDouble() < streamCut;
  }
}
