using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Notices.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class RelayPersonsAndChoices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "choice_reason",
                table: "rounds",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "held_until",
                table: "rounds",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "last_tier",
                table: "rounds",
                type: "smallint",
                nullable: false,
                defaultValue: (short)2);

            migrationBuilder.AddColumn<bool>(
                name: "shortened",
                table: "rounds",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<short>(
                name: "purpose",
                table: "deliveries",
                type: "smallint",
                nullable: false,
                defaultValue: (short)0);

            migrationBuilder.CreateTable(
                name: "relay_deliveries",
                columns: table => new
                {
                    delivery_id = table.Column<long>(type: "bigint", nullable: false),
                    telling_id = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_relay_deliveries", x => new { x.delivery_id, x.telling_id });
                });

            migrationBuilder.CreateTable(
                name: "relay_tellings",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    round_id = table.Column<long>(type: "bigint", nullable: false),
                    relay_person_id = table.Column<long>(type: "bigint", nullable: false),
                    places = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "text", nullable: false),
                    told = table.Column<bool>(type: "boolean", nullable: true),
                    told_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_relay_tellings", x => x.id);
                    table.ForeignKey(
                        name: "fk_relay_tellings_rounds_round_id",
                        column: x => x.round_id,
                        principalTable: "rounds",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_relay_deliveries_telling_id",
                table: "relay_deliveries",
                column: "telling_id");

            migrationBuilder.CreateIndex(
                name: "ix_relay_tellings_relay_person_id",
                table: "relay_tellings",
                column: "relay_person_id");

            migrationBuilder.CreateIndex(
                name: "ix_relay_tellings_round_id_relay_person_id",
                table: "relay_tellings",
                columns: new[] { "round_id", "relay_person_id" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "relay_deliveries");

            migrationBuilder.DropTable(
                name: "relay_tellings");

            migrationBuilder.DropColumn(
                name: "choice_reason",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "held_until",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "last_tier",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "shortened",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "purpose",
                table: "deliveries");
        }
    }
}
