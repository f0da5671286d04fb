package dev.paceline.models.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.models.lm.AttentionGroups.Block;
import dev.paceline.models.lm.AttentionGroups.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionGroupsTest {
  @Test
  void neighboursShareACall() {
    List<Block> blocks = new ArrayList<>();
    for (int slot = 0; slot < 8; slot++) {
      blocks.add(new Block(slot, slot, 4 * slot, 64));
    }
    assertThat(AttentionGroups.of(blocks)).containsExactly(new Group(blocks, 1));
  }

  @Test
  void aPromptBesideSessionsTakesTwoCalls() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      blocks.add(new Block(0, 3, 4 * i, 64));
    }
    for (int slot = 4; slot < 10; slot += 2) {
      blocks.add(new Block(slot, slot, 8, 64));
    }
    List<Group> groups = AttentionGroups.of(blocks);
    assertThat(groups).extracting(Group::spacing).containsExactlyInAnyOrder(0, 2);
  }

  @Test
  void sessionsOfTwoBlocksEachTakeTwoCalls() {
    List<Block> blocks = new ArrayList<>();
    for (int slot = 0; slot < 6; slot++) {
      blocks.add(new Block(slot, slot, 4, 64));
      blocks.add(new Block(slot, slot, 8, 64));
    }
    assertThat(AttentionGroups.of(blocks)).hasSize(2);
  }

  @Test
  void everyBlockIsInOneEvenGroupOfItsKeys() {
    Random random = new Random(9);
    for (int round = 0; round < 500; round++) {
      List<Block> blocks = new ArrayList<>();
      int sessions = 1 + random.nextInt(20);
      for (int n = 0; n < sessions; n++) {
        int slot = 3 * n + random.nextInt(3);
        int first = 4 * random.nextInt(60);
        for (int i = random.nextInt(6); i >= 0; i--) {
          int position = first + 4 * i;
          blocks.add(new Block(n, slot, position, (position + 4 + 63) / 64 * 64));
        }
      }
      List<Block> grouped = new ArrayList<>();
      for (Group group : AttentionGroups.of(blocks)) {
        int slot = group.blocks().get(0).slot();
        for (Block block : group.blocks()) {
          assertThat(block.keys()).isEqualTo(group.keys());
          assertThat(block.slot()).isEqualTo(slot);
          slot += group.spacing();
        }
        grouped.addAll(group.blocks());
      }
      assertThat(grouped).containsExactlyInAnyOrderElementsOf(blocks);
    }
  }
}
