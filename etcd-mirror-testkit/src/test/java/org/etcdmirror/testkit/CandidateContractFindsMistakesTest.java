package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.ContractsFindMistakesTest.failures;

import java.time.Duration;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Lead;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.ReferenceElectingSink.Place;
import org.etcdmirror.testkit.ReferenceElectingSink.ReferenceCandidate;
import org.junit.jupiter.api.Test;

/** Runs the contract of electing sinks on sinks with one mistake each. */
class CandidateContractFindsMistakesTest {

  @Test
  void contractDetectsTwoLeaders() {
    assertThat(failures(EachLeads.class))
        .contains("theFirstThatAsksLeads", "ofManyThatAskAtOnceOneLeads")
        .doesNotContain("eachLinkHasALeader");
  }

  @Test
  void contractDetectsLeadThatIsFoundByItsName() {
    assertThat(failures(TrustsNames.class))
        .containsExactly("aNewMemberOfTheSameNameWaitsForTheTermOfTheFormerOne");
  }

  @Test
  void contractDetectsLeadThatIsNotProlonged() {
    assertThat(failures(NeverProlongs.class)).contains("aLeadThatIsProlongedOutlastsItsTerm");
  }

  @Test
  void contractDetectsResignationThatDoesNothing() {
    assertThat(failures(NeverResigns.class))
        .contains("anOrderlyResignationLetsAnotherLeadAtOnce", "aLeaderThatResignedWritesNothing")
        .doesNotContain("aTermThatRunsOutLetsAnotherLead");
  }

  @Test
  void contractDetectsResignationOfSomebodyElse() {
    assertThat(failures(EndsAnyLead.class))
        .containsExactly("resigningWithoutTheLeadChangesNothing");
  }

  @Test
  void contractDetectsCloseThatGivesUpTheLead() {
    assertThat(failures(ResignsAtClose.class))
        .containsExactly("closingIsHarmlessWhenRepeatedAndDoesNotGiveUpTheLead");
  }

  @Test
  void contractDetectsOneLeaderForAllLinks() {
    assertThat(failures(OneLeadForAll.class)).contains("eachLinkHasALeader");
  }

  @Test
  void contractDetectsFormerLeaderThatWrites() {
    assertThat(failures(NothingIsRefused.class))
        .containsExactlyInAnyOrder(
            "aLeaderWhoseTermRanOutWritesNothing", "aLeaderThatResignedWritesNothing");
  }

  /** A contract on a sink whose candidates have a mistake. */
  abstract static class OfCandidate extends CandidateContractTest {

    @Override
    protected ReadableSink openSink() {
      return new ReferenceElectingSink(leaders()) {
        @Override
        public Candidate candidate(String link, String member, Duration term) {
          return mistaken(leaders(), link, member, term);
        }
      };
    }

    abstract Candidate mistaken(Place leaders, String link, String member, Duration term);
  }

  static class EachLeads extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(new Place(), link, member, term);
    }
  }

  static class TrustsNames extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(leaders, link, member, term) {
        @Override
        public Lead ask() {
          Lead lead = super.ask();
          return new Lead(lead.leader(), member.equals(lead.leader()), 0);
        }
      };
    }
  }

  static class NeverProlongs extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(leaders, link, member, term) {
        private boolean led;

        @Override
        public Lead ask() {
          var held = leaders.of(link);
          if (led && held != null) {
            return new Lead(held.member(), held.owner() == this, 0);
          }
          Lead lead = super.ask();
          led |= lead.isMine();
          return lead;
        }
      };
    }
  }

  static class NeverResigns extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(leaders, link, member, term) {
        @Override
        public void resign() {}
      };
    }
  }

  static class EndsAnyLead extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(leaders, link, member, term) {
        @Override
        public void resign() {
          synchronized (leaders) {
            leaders.leads.remove(link);
          }
        }
      };
    }
  }

  static class ResignsAtClose extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(leaders, link, member, term) {
        @Override
        public void close() {
          resign();
        }
      };
    }
  }

  static class OneLeadForAll extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(leaders, "", member, term);
    }
  }

  static class NothingIsRefused extends OfCandidate {

    @Override
    Candidate mistaken(Place leaders, String link, String member, Duration term) {
      return new ReferenceCandidate(leaders, link, member, term) {
        @Override
        public EventSink sink() {
          return new ReferenceElectingSink(leaders) {
            @Override
            void write(EventBatch batch, long expected) {
              leaders.data.data.apply(batch);
            }
          };
        }
      };
    }
  }
}
